-- What the database keeps without being able to read it.

-- +goose Up
CREATE TABLE sealed (
  name    TEXT PRIMARY KEY,
  value   BLOB NOT NULL,
  changed INTEGER NOT NULL
) WITHOUT ROWID;
