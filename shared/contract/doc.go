// Package contract is the agreement of both sites: the content of published cards, and the submission kinds with
// their envelope, one Go struct and one JSON Schema each.
//
// A field is added as optional and removed a release later, as the two nodes are never upgraded at the same
// moment. The package holds types and checks, no input or output; it may import shared/locale, shared/fault,
// shared/hours, shared/plain, shared/seal, shared/ukr and a JSON Schema validator.
package contract
