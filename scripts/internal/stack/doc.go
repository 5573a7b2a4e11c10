// Package stack runs both nodes of the portal on one machine: two PostgreSQL clusters, two object stores,
// a malware scanner and the portal's four processes, all below one folder and one range of ports.
//
// It serves scripts/demo, the browser tests and the benchmarks; nothing of it is used in production,
// where systemd runs the same binaries (deploy/). It may import shared and pgx, never a site or the syncer:
// it knows them by their command lines and configuration files only.
package stack
