package stack

import (
	"net/http"

	"portal.example/shared/oidctest"
)

// identitySecret is what the demo's identity provider asks of the staff site; both answer this machine only.
const identitySecret = "demo-provider"

// IdentityProvider is where the demo's staff can sign in with OpenID Connect: it asks who somebody is and believes them. base is
// the address of the server that it is part of, staff that of the staff site, signIns the file with the demo's people.
func IdentityProvider(base, staff, signIns string) (http.Handler, error) {
	p, err := oidctest.New(base+"/id", "portal", identitySecret, staff+"/sign-in/provider/done")
	if err != nil {
		return nil, err
	}
	p.People = func() (people []oidctest.Person) {
		found, err := readSignIns(signIns)
		if err != nil { // the demo region is not loaded yet
			return nil
		}
		for _, one := range found {
			people = append(people, oidctest.Person{Subject: "demo-" + one.Login, Login: one.Login, Name: one.Login})
		}
		return people
	}
	return p.Handler(), nil
}
