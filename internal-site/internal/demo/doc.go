// Package demo is a fictional region to get to know the portal with: centres, authorities, services with complete
// cards and forms, staff of every role, and cases at all stages. The content is text in content/*.yaml; the cases
// are worked out from it by a fixed random source, so that two loads for the same day are equal.
//
// What a domain brings is a part: a file that registers itself and says which other parts it uses. The order in
// which tables are written comes from the foreign keys of the database. A new domain adds its file and its content.
//
// It writes only into an empty database, in one transaction, and never touches one that holds somebody's data.
// Nothing in it is a real person, body or place. It may import shared and the types of the site's domains; SQL is
// in store_demo.go.
package demo
