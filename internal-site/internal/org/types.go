// Package org is the organisations of the region: service centres, the authorities that decide, and the
// territory. types.go and rules.go are pure; store.go holds the SQL. It may import shared,
// internal/access and internal/audit.
package org

import (
	"time"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/hours"
	"portal.example/shared/locale"
)

// Kind says what an organisation is.
type Kind string

// The kinds.
const (
	Centre    Kind = "centre"
	Authority Kind = "authority"
)

// Levels of an authority.
var Levels = []string{"local", "regional", "state"}

// Organisation is a centre or an authority with all that citizens are told of it.
type Organisation struct {
	ID            uuid.UUID
	Kind          Kind
	Code          string
	Name          locale.Text
	UnitCode      string // КАТОТТГ, "" when it is not stated
	UnitName      string // read-only
	Address       locale.Text
	Phones        []string
	Email         string
	Site          string
	Schedule      hours.Schedule
	People        []contract.Person
	InternalNotes string
	Published     bool
	Version       int
	UpdatedAt     time.Time

	// Authorities only.
	EDRPOU    string
	ShortName locale.Text
	Level     string

	// Centres only.
	Directions  locale.Text
	CasePattern string
	Latitude    string // degrees as they were typed, "" when they are not known
	Longitude   string
}

// Name is an organisation as lists and choices show it.
type Name struct {
	ID   uuid.UUID
	Code string
	Name locale.Text
}

// Summary is one line of the list of organisations.
type Summary struct {
	Name
	Kind      Kind
	Address   locale.Text
	Phones    []string
	Schedule  hours.Schedule
	Published bool
	Services  int
}
