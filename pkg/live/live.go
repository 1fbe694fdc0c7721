// Package live is the protocol in which clients are told what happens, whatever
// carries it.
//
// A client subscribes to topics. Of each it is told commit by commit, from where it
// was before: every message carries a cursor, and whoever comes back with the last
// one has missed nothing and gets nothing twice. docs/live.md has it for clients.
package live
