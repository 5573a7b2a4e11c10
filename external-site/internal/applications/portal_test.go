package applications

import (
	"testing"

	"portal.example/shared/forms"
)

// Whoever asks to be told by a contact that they did not give is told by the other one.
func TestHowTheApplicantWantsToBeTold(t *testing.T) {
	const phone, email = "+380671234567", "olena@example.org"
	for _, tt := range []struct{ told, phone, email, want string }{
		{"sms", phone, email, "sms"},
		{"email", phone, email, "email"},
		{"none", phone, "", "none"},
		{"", phone, email, ""},
		{"sms", "", email, ""},
		{"email", phone, "", ""},
	} {
		d := Draft{Portal: forms.Answers{"told": tt.told, "phone": tt.phone, "email": tt.email}}
		if got := d.applicant().Told; got != tt.want {
			t.Errorf("%+v: %q", tt, got)
		}
	}
}
