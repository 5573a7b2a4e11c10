// Package clean repairs text and pages that were typed by many hands over many years: stray spaces, four
// shapes of apostrophe, straight quotation marks, Latin letters inside Cyrillic words, HTML of a text
// processor. It repairs only what has one reading, and says what it did, so that an import can report it.
//
// Cleaning what is clean changes nothing. The package knows nothing of tables or databases. It may import
// bluemonday, golang.org/x/net/html, golang.org/x/text and the standard library.
package clean
