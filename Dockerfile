# A static binary on an empty image: CA roots, a user without rights, one volume
# for the database; zone data is in the binary. The bot ends cleanly on SIGTERM,
# which is what `docker stop` sends.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
COPY feeds/nodates feeds/nodates
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/hanwire . \
 && mkdir -p /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/hanwire /hanwire
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
ENTRYPOINT ["/hanwire"]
CMD ["run"]
