"""Rest.li as functions on values: keys, queries, bodies, tunnelling, signatures. No I/O, no recruiting."""
