// Package opendata is the agreement of both sites on data sets that are published as files: what a row of «services provided» holds
// and what an edition of the set is. The inside makes editions and their files, the outside gives them out. It imports the standard
// library and uuid only.
package opendata

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// ServicesProvided is the set of services that were provided, as resolution 835 of the Cabinet of Ministers names it.
const ServicesProvided = "services-provided"

// IndexName is the name of the file that says what an edition of the set holds.
const IndexName = ServicesProvided + ".index.json"

// Licence is the one under which the set may be used.
const Licence = "https://creativecommons.org/licenses/by/4.0/"

// Fields are the columns of ServicesProvided in the order of its schema (the Ministry's recommendations on resolution 835, January 2025).
var Fields = []string{
	"uid", "registrationDateTime", "code", "title", "authorityId", "authorityName", "applicantType", "applicantName", "applicantId",
	"status", "providDate", "amount", "currency", "issuedDate",
}

// Format is how a file is written.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	JSON Format = "json"
)

// MediaType is what a browser is told.
func (f Format) MediaType() string {
	if f == CSV {
		return "text/csv"
	}
	return "application/json"
}

// Edition is the set as it was made at one moment.
type Edition struct {
	MadeAt   time.Time `json:"made_at"` // UTC
	Rows     int       `json:"rows"`
	Withheld int       `json:"withheld"` // cases of people who could be recognised in so small a number
	Years    []Year    `json:"years"`    // the newest first; only those with rows
}

// Year is the part of the set whose services were provided in one year, in Kyiv.
type Year struct {
	Year  int    `json:"year"`
	Rows  int    `json:"rows"`
	First string `json:"first"` // YYYY-MM-DD, of providDate
	Last  string `json:"last"`
	Files []File `json:"files"` // one of each format
}

// File is a part in one format.
type File struct {
	ID     uuid.UUID `json:"id"` // in the register of documents
	Format Format    `json:"format"`
	Name   string    `json:"name"`
	Size   int64     `json:"size"`
	SHA256 string    `json:"sha256"` // hex
	MadeAt time.Time `json:"made_at"`
}

// Files lists the files of all years.
func (e Edition) Files() (list []File) {
	for _, y := range e.Years {
		list = append(list, y.Files...)
	}
	return list
}

// Encode writes the edition as its index.
func (e Edition) Encode() ([]byte, error) { return json.Marshal(e) }

// Decode reads an index.
func Decode(raw []byte) (e Edition, err error) { return e, json.Unmarshal(raw, &e) }
