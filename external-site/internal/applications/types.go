// Package applications is the kind «application» on the public site: what somebody who applies for a quick service is
// asked, page by page, and the record that is made of the answers.
//
// How a draft is kept and handed over is not its business: that is package submission, for every kind. types.go,
// rules.go, draft.go and portal.go are pure; store*.go hold the SQL. It may import internal/submission,
// internal/catalogue and internal/org, and shared.
package applications

import (
	"embed"
	"encoding/json"

	"github.com/google/uuid"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/submission"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
)

// Words are the questions that every application is asked.
//
//go:embed words
var Words embed.FS

// Service is everything about a quick service that an application needs.
type Service struct {
	ID         uuid.UUID
	Code       string
	Name       locale.Text
	Applicants []catalogue.Applicant
	Centres    []org.Centre
	FormID     uuid.UUID
	Form       *forms.Form // what this service asks
	Portal     *forms.Form // what every application asks: who, how to reach them, which centre
}

// Draft is an application for one service while it is being filled in. Make it with Service.NewDraft.
type Draft struct {
	submission.Draft

	Portal  forms.Answers
	Answers forms.Answers
	Visited map[string]bool             // pages that were answered
	Typed   map[string]submission.Typed // by page: what stands on it and is no answer
	// CentreGone says that the centre which was chosen gives the service no longer.
	CentreGone bool
	// Filled says that the applicant came from an account.
	Filled bool

	service Service
	about   uuid.UUID // the service that what was kept is about
	raw     rawAnswers
}

// rawAnswers is how the answers travel inside the sealed draft: they are read by the form that is in force then.
type rawAnswers struct {
	Portal  json.RawMessage `json:"portal"`
	Service json.RawMessage `json:"service"`
}

// keptDraft is what a sealed draft holds.
type keptDraft struct {
	submission.Draft

	ServiceID uuid.UUID                   `json:"service_id"`
	Answers   rawAnswers                  `json:"answers"`
	Visited   map[string]bool             `json:"visited"`
	Typed     map[string]submission.Typed `json:"typed,omitempty"`
	Filled    bool                        `json:"filled,omitempty"`
}

// NewDraft is an application for the service in which nothing was answered yet.
func (s Service) NewDraft() *Draft {
	return &Draft{Portal: forms.Answers{}, Answers: forms.Answers{}, Visited: map[string]bool{}, Typed: map[string]submission.Typed{}, service: s, about: s.ID}
}
