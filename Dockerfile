# The program alone, and the certificates that it trusts stores by.
FROM rust:1.95-alpine AS build
RUN apk add --no-cache musl-dev ca-certificates
WORKDIR /source
COPY . .
RUN cargo build --locked --profile dist --bin sensortree

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /source/target/dist/sensortree /sensortree
USER 65534:65534
WORKDIR /data
ENTRYPOINT ["/sensortree"]
