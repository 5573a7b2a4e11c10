// Package org is what the public site knows of service centres and authorities: lists, pages, who is open now.
//
// It reads the replica and never writes. types.go and rules.go hold no SQL; only store.go does. It may import
// shared/locale, shared/hours, shared/contract, shared/pg and shared/fault.
package org

import (
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/address"
	"portal.example/shared/contract"
	"portal.example/shared/hours"
	"portal.example/shared/locale"
)

// Contacts are how to reach a centre or an authority.
type Contacts struct {
	Address locale.Text
	Phones  []string
	Email   string
	Site    string
}

// IsZero says that there is nothing to reach anybody by.
func (c Contacts) IsZero() bool {
	return c.Address.IsZero() && len(c.Phones) == 0 && c.Email == "" && c.Site == ""
}

// Body is what centres and authorities have in common: people find, visit, write to and ask both.
type Body struct {
	ID        uuid.UUID
	Code      string
	Name      locale.Text
	Unit      string // settlement, with its kind: "м. Зоря"
	UnitCode  string // of КАТОТТГ; "" when unknown
	Contacts  Contacts
	Schedule  hours.Schedule
	People    []contract.Person
	UpdatedAt time.Time
}

// Slug is the body's place in an address.
func (b Body) Slug() string { return address.Slug(b.Code) }

// Centre is a service centre (ЦНАП).
type Centre struct {
	Body
	Directions locale.Text // how to get there, how to enter without steps
	Latitude   string      // decimal degrees as stored; "" when unknown
	Longitude  string
}

// HasPlace says whether the centre can be shown on a map.
func (c Centre) HasPlace() bool { return c.Latitude != "" && c.Longitude != "" }

// Place is a settlement or a whole community of which a visitor may say that it is theirs.
type Place struct {
	Name      locale.Text // as the codifier has it
	Kind      string      // before the name, "м. "; "" for a community, whose name is an adjective
	Community Community
	District  locale.Text // an adjective; may be empty
}

// Community is a territorial community (громада).
type Community struct {
	Code string      // of КАТОТТГ
	Name locale.Text // an adjective, or the name of a city that is no part of a district
	City bool
}

// Authority is a body that provides services and decides on them (суб’єкт надання).
type Authority struct {
	Body
	EDRPOU    string
	ShortName locale.Text
	Level     string // state, regional, local
}
