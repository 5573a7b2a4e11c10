package meta

import (
	"bytes"
	"encoding/json"
	"time"

	"portal.example/shared/locale"
)

// Dataset is a set of open data as machines are told of it.
type Dataset struct {
	Title, About locale.Text
	Owner        locale.Text // may be empty
	Licence      string      // its address
	Modified     time.Time
	Rows         int
	First, Last  string // YYYY-MM-DD of the period, both empty when it has no rows
	Files        []Distribution
}

// Distribution is a file of a set.
type Distribution struct {
	URL, Name, Format, MediaType string
	Size                         int64
	SHA256                       string // hex
	Modified                     time.Time
}

// OfDataset says what a set is in the words of schema.org, for search engines of data.
func OfDataset(p Page, d Dataset) Linked {
	node := map[string]any{
		"@id": p.Base + p.Self + "#dataset", "@type": "Dataset", "url": p.Base + p.Self, "name": p.in(d.Title), "description": p.in(d.About), "license": d.Licence,
		"dateModified": d.Modified.UTC().Format(time.RFC3339), "isAccessibleForFree": true, "inLanguage": "uk",
	}
	if d.First != "" {
		node["temporalCoverage"] = d.First + "/" + d.Last
	}
	if !d.Owner.IsZero() {
		node["creator"] = map[string]any{"@type": "GovernmentOrganization", "name": p.in(d.Owner)}
	}
	var downloads things
	for _, f := range d.Files {
		downloads = append(downloads, map[string]any{"@type": "DataDownload", "contentUrl": f.URL, "encodingFormat": f.MediaType, "name": f.Name})
	}
	if downloads != nil {
		node["distribution"] = downloads
	}
	return graph(things{p.trail(), node})
}

// dcatContext are the prefixes of DCAT-AP 3 that CatalogOf uses.
var dcatContext = map[string]any{
	"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/", "xsd": "http://www.w3.org/2001/XMLSchema#",
	"spdx": "http://spdx.org/rdf/terms#",
}

const (
	fileTypes  = "http://publications.europa.eu/resource/authority/file-type/"
	everyDay   = "http://publications.europa.eu/resource/authority/frequency/DAILY"
	ukrainian  = "http://publications.europa.eu/resource/authority/language/UKR"
	government = "http://publications.europa.eu/resource/authority/data-theme/GOVE"
	ianaTypes  = "https://www.iana.org/assignments/media-types/"
)

// CatalogOf describes a catalogue of one set in JSON-LD by DCAT-AP 3. Its address is base + self; page is where people read of the set.
func CatalogOf(base, page, self string, d Dataset) ([]byte, error) {
	texts := func(t locale.Text) (list things) {
		list = append(list, map[string]any{"@value": t.UK, "@language": "uk"})
		if t.EN != "" {
			list = append(list, map[string]any{"@value": t.EN, "@language": "en"})
		}
		return list
	}
	at := func(t time.Time) map[string]any {
		return map[string]any{"@value": t.UTC().Format(time.RFC3339), "@type": "xsd:dateTime"}
	}
	id := func(address string) map[string]any { return map[string]any{"@id": address} }
	owner := d.Owner
	if owner.IsZero() {
		owner = locale.Text{UK: base}
	}
	publisher := map[string]any{"@id": base + "/#owner", "@type": "foaf:Agent", "foaf:name": texts(owner)}
	set := map[string]any{
		"@id": base + page + "#dataset", "@type": "dcat:Dataset", "dct:title": texts(d.Title), "dct:description": texts(d.About), "dct:publisher": id(base + "/#owner"),
		"dct:modified": at(d.Modified), "dct:accrualPeriodicity": id(everyDay), "dct:language": id(ukrainian), "dcat:theme": id(government), "dcat:landingPage": id(base + page),
		"dct:identifier": base + page + "#dataset",
	}
	if d.First != "" {
		day := func(value string) map[string]any { return map[string]any{"@value": value, "@type": "xsd:date"} }
		set["dct:temporal"] = map[string]any{"@type": "dct:PeriodOfTime", "dcat:startDate": day(d.First), "dcat:endDate": day(d.Last)}
	}
	files := things{}
	for _, f := range d.Files {
		files = append(files, map[string]any{
			"@id": f.URL, "@type": "dcat:Distribution", "dct:title": f.Name, "dcat:accessURL": id(f.URL), "dcat:downloadURL": id(f.URL), "dct:license": id(d.Licence),
			"dct:format": id(fileTypes + f.Format), "dcat:mediaType": id(ianaTypes + f.MediaType), "dcat:byteSize": map[string]any{"@value": f.Size, "@type": "xsd:nonNegativeInteger"},
			"dct:modified": at(f.Modified), "spdx:checksum": map[string]any{
				"@type": "spdx:Checksum", "spdx:algorithm": id("spdx:checksumAlgorithm_sha256"), "spdx:checksumValue": map[string]any{"@value": f.SHA256, "@type": "xsd:hexBinary"},
			},
		})
	}
	set["dcat:distribution"] = files
	catalog := map[string]any{
		"@id": base + self, "@type": "dcat:Catalog", "dct:title": texts(d.Title), "dct:description": texts(d.About), "dct:publisher": publisher, "dcat:dataset": set,
		"foaf:homepage": id(base + page), "dct:modified": at(d.Modified),
	}
	catalog["@context"] = dcatContext
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(catalog)
	return b.Bytes(), err
}
