// Package replies is the kind «reply» on the public site: what somebody who follows a registered case with its secret code
// sends about it. An answer brings papers, corrected answers and a few words; a withdrawal takes the application back.
//
// It may import internal/submission and shared.
package replies

import (
	"encoding/json"

	"github.com/google/uuid"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/contract"
	"portal.example/shared/forms"
	"portal.example/shared/seal"
)

// About is the case that is answered about, as its holder sees it.
type About struct {
	Case    uuid.UUID
	Centre  uuid.UUID // that has the case
	Purpose string    // contract.ReplyAnswers or contract.ReplyWithdraws
	// Asked is what staff ask for; nil when they do not, and somebody has something to add all the same.
	Asked *contract.Asked
	// Code is the secret code of whoever replies.
	Code seal.Code
}

// Draft is a reply while it is being written. Make it with NewDraft.
type Draft struct {
	submission.Draft

	Answers forms.Answers
	Typed   *submission.Typed // what stands on the page and is no answer; nil when there is nothing else than answers

	about About
	kept  keptDraft
}

// keptDraft is what a sealed draft holds. The code is not in it: whoever sends the reply shows it again.
type keptDraft struct {
	submission.Draft

	Case    uuid.UUID         `json:"case"`
	Purpose string            `json:"purpose"`
	Typed   *submission.Typed `json:"typed,omitempty"`
	// Answers stay as they were written until the form is known by which they are read.
	Answers map[string]json.RawMessage `json:"answers"`
}

// NewDraft is an empty reply.
func NewDraft(about About) *Draft { return &Draft{Answers: forms.Answers{}, about: about} }

var _ json.Marshaler = (*Draft)(nil)
