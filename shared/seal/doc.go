// Package seal keeps what citizens send secret from the node that takes it in.
//
// A record is sealed with HPKE (RFC 9180, a hybrid post-quantum KEM) to the intake's public key; the portal, the
// kind, the message id and the key id are bound into it, so an envelope cannot be passed off as another. Files are
// sealed with age. A Code is the applicant's secret: outside only its hash is kept, and results are sealed to the
// age recipient derived from it.
//
// The package reads and writes key files and nothing else; it never logs, and no error of it holds a secret or a
// plaintext. It may import the standard library, filippo.io/age and shared/fault.
package seal
