package access

import (
	"errors"
	"regexp"
	"strings"

	"portal.example/shared/fault"
)

var loginForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,62}$`)

// NormalLogin is the login as accounts keep it; "" when it cannot be one.
func NormalLogin(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if !loginForm.MatchString(s) {
		return ""
	}
	return s
}

// checkNew says everything that is wrong with a new account; homeless is one that would be in no place.
func checkNew(u *User, password string, homeless bool) error {
	wrong := u.tidy()
	if u.Login == "" {
		wrong = append(wrong, fault.FieldError{Field: "login", Key: "access.login_form"})
	}
	if e := new(fault.Error); errors.As(CheckPassword(u.Login, password), &e) {
		wrong = append(wrong, fault.FieldError{Field: "password", Key: e.Key, Args: e.Args})
	}
	if homeless {
		wrong = append(wrong, fault.FieldError{Field: "group", Key: "access.group_required"})
	}
	return fault.InvalidFields(wrong...)
}

// asField says that err is what is wrong with one field of a form.
func asField(field string, err error) error {
	var e *fault.Error
	if !errors.As(err, &e) {
		return err
	}
	return fault.InvalidFields(fault.FieldError{Field: field, Key: e.Key, Args: e.Args})
}
