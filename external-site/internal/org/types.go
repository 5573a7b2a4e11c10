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

// Centre is a service centre (ЦНАП).
type Centre struct {
	ID         uuid.UUID
	Code       string
	Name       locale.Text
	Unit       string // settlement, with its kind: "м. Зоря"
	Contacts   Contacts
	Directions locale.Text // how to get there, how to enter without steps
	Latitude   string      // decimal degrees as stored; "" when unknown
	Longitude  string
	Schedule   hours.Schedule
	People     []contract.Person
	Services   int // services given here
	UpdatedAt  time.Time
}

// HasPlace says whether the centre can be shown on a map.
func (c Centre) HasPlace() bool { return c.Latitude != "" && c.Longitude != "" }

// Slug is the centre's place in an address.
func (c Centre) Slug() string { return address.Slug(c.Code) }

// Authority is a body that provides services and decides on them (суб’єкт надання).
type Authority struct {
	ID        uuid.UUID
	Code      string
	EDRPOU    string
	Name      locale.Text
	ShortName locale.Text
	Level     string // state, regional, local
	Unit      string
	Contacts  Contacts
	Schedule  hours.Schedule
	People    []contract.Person
	Services  int
	UpdatedAt time.Time
}

// Slug is the authority's place in an address.
func (a Authority) Slug() string { return address.Slug(a.Code) }
