package store

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// fileLock says that this process is the one that works on a SQLite file. It
// is a file beside it, "hanwire.db.lock", with the process id inside; the
// operating system frees it when the process ends, however that happens.
type fileLock struct{ f *os.File }

// removeLock deletes the lock's file of a database that nobody else knows.
func removeLock(path string) error { return os.Remove(path + ".lock") }

// lockFile takes the lock of the database at path, or says who has it.
func lockFile(path string) (*fileLock, error) {
	f, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the folder cannot be written to: %w", err)
	}
	ok, err := tryLock(f)
	if err == nil && ok {
		err = f.Truncate(0)
	}
	if err == nil && ok {
		_, err = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	if err == nil && ok {
		return &fileLock{f}, nil
	}
	defer f.Close()
	if err != nil {
		return nil, fmt.Errorf("lock file: %w", err)
	}
	const pidDigits = 20
	b, _ := io.ReadAll(io.LimitReader(f, pidDigits))
	pid, _ := strconv.Atoi(strings.TrimSpace(string(b)))
	return nil, &InUseError{Path: path, PID: pid}
}

// release leaves the file: taking it away would let a third process lock a
// name that a second is just opening.
func (l *fileLock) release() error { return l.f.Close() }
