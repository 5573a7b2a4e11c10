package public

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"slices"
)

// The goals.
const (
	goalRatio  = 0.5 // of nginx
	goalCost   = 2.0 // milliseconds of processor time
	goalGrowth = 1.3
	goalVisit  = 60 << 10 // bytes
	goalSlow   = 500.0    // milliseconds
)

// Report is what a run found.
type Report struct {
	Services [2]int     `json:"services"`
	Centres  [2]int     `json:"centres"`
	Rounds   int        `json:"rounds"`
	Beside   []Compared `json:"beside_nginx"`
	Made     []Made     `json:"made_anew"`
	Visit    Visit      `json:"first_visit"`
	Slow     *Slow      `json:"slow,omitempty"`
}

// Compared is a kept page beside nginx; rates are requests a second, times milliseconds.
type Compared struct {
	Page        string  `json:"page"`
	Connections int     `json:"connections"`
	Site        float64 `json:"site"`
	Nginx       float64 `json:"nginx"`
	Ratio       float64 `json:"ratio"`
	SiteP99     float64 `json:"site_p99_ms"`
	NginxP99    float64 `json:"nginx_p99_ms"`
	RatioP99    float64 `json:"ratio_p99"`
}

// Made is a page that has to be made: processor time of site and database together and medians, in milliseconds.
type Made struct {
	Page      string  `json:"page"`
	Cost      float64 `json:"cost_ms"`
	LargeCost float64 `json:"large_cost_ms"`
	Small     float64 `json:"small_median_ms"`
	Large     float64 `json:"median_ms"`
	Growth    float64 `json:"growth"`
}

// Visit is what a first visit to the page of a service loads, in bytes.
type Visit struct {
	Total int            `json:"total"`
	Parts map[string]int `json:"parts"`
}

// Slow is what others feel while connections say next to nothing.
type Slow struct {
	Asked   int     `json:"asked"`
	Open    int     `json:"open"`
	KeptP95 float64 `json:"kept_p95_ms"`
	MadeP95 float64 `json:"made_p95_ms"`
}

// Print says of each goal whether it is reached.
func (r *Report) Print(w io.Writer) {
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }
	p("Kept pages beside nginx with the same bytes from disk, in turn, medians of %d rounds\n", r.Rounds)
	p("%-10s %5s %10s %10s %7s %9s %9s %7s\n", "", "conns", "site/s", "nginx/s", "ratio", "p99 ms", "nginx", "ratio")
	missed := 0
	for _, c := range r.Beside {
		p("%-10s %5d %10.0f %10.0f %7.2f %9.2f %9.2f %7.2f\n", c.Page, c.Connections, c.Site, c.Nginx, c.Ratio, c.SiteP99, c.NginxP99, c.RatioP99)
		missed += count(c.Ratio < goalRatio)
	}
	p("at least %.1f of nginx: %s\n\n", goalRatio, verdict(missed))
	p("Pages made anew, one at a time; %d and %d services, %d and %d centres\n", r.Services[0], r.Services[1], r.Centres[0], r.Centres[1])
	p("%-10s %12s %12s %10s %10s %7s\n", "", "cpu ms", "cpu, large", "median ms", "large", "growth")
	costs, growths := 0, 0
	for _, m := range r.Made {
		p("%-10s %12.2f %12.2f %10.2f %10.2f %7.2f\n", m.Page, m.Cost, m.LargeCost, m.Small, m.Large, m.Growth)
		costs, growths = costs+count(m.Cost > goalCost), growths+count(m.Growth > goalGrowth)
	}
	p("at most %.0f ms of processor time in site and database: %s\n", goalCost, verdict(costs))
	p("growth at most %.1f: %s\n\n", goalGrowth, verdict(growths))
	p("First visit to the page of a service: %.1f KB (", float64(r.Visit.Total)/1024)
	for i, name := range slices.Sorted(maps.Keys(r.Visit.Parts)) {
		if i > 0 {
			p(", ")
		}
		p("%s %.1f", name, float64(r.Visit.Parts[name])/1024)
	}
	p(")\nat most %d KB: %s\n", goalVisit>>10, verdict(count(r.Visit.Total > goalVisit)))
	if s := r.Slow; s != nil {
		p("\nBeside %d slow connections (%d asked for): 95 of 100 kept pages in %.1f ms, made ones in %.1f ms\n", s.Open, s.Asked, s.KeptP95, s.MadeP95)
		p("all of them open, and under %.0f ms: %s\n", goalSlow, verdict(count(s.Open < s.Asked)+count(s.KeptP95 > goalSlow)+count(s.MadeP95 > goalSlow)))
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

func verdict(missed int) string {
	if missed == 0 {
		return "reached"
	}
	return fmt.Sprintf("not reached by %d", missed)
}

func gunzip(z []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(z))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	return plain, nil
}
