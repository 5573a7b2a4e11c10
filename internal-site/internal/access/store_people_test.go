package access_test

import (
	"slices"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

func TestAccountsAreFound(t *testing.T) {
	h := newHouse(t)
	made, _, err := h.Enrol(t.Context(), h.admin, access.User{
		Login: "d.lukyan", FullName: "Лук’яненко  Дарʼя", Position: locale.Text{UK: "Провідний спеціаліст", EN: "Leading  specialist"}, Email: "lukyan@example.org", Phone: "067 123 45 67",
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for q, want := range map[string]int{
		"лук'яненко": 1, "дар`я лук": 1, "СПЕЦІАЛІСТ": 1, "leading": 1, "lukyan@": 1, "d.luk": 1, "лукяненко": 0, "d_lukyan": 0, "%": 0, "лук'яненко іван": 0,
	} {
		users, total, err := h.FindUsers(t.Context(), h.admin, access.UserFilter{Q: q, Size: 10})
		if err != nil || total != want || len(users) != want {
			t.Errorf("%q: %d of %d, %v", q, len(users), total, err)
		}
	}
	for name, f := range map[string]struct {
		filter access.UserFilter
		want   int
	}{
		"temporary":  {access.UserFilter{State: "temporary", Size: 10}, 1},
		"of a place": {access.UserFilter{Place: h.Centre, Size: 10}, 2},
	} {
		if _, total, err := h.FindUsers(t.Context(), h.admin, f.filter); err != nil || total != f.want {
			t.Errorf("%s: %d, %v", name, total, err)
		}
	}
	if _, total, err := h.FindUsers(t.Context(), h.Users[access.CentreHead], access.UserFilter{Q: "лук'яненко", Size: 10}); err != nil || total != 0 {
		t.Errorf("a head finds whom they do not see: %d, %v", total, err)
	}
	for login, name := range map[string]string{"v.viunnyk": "В’юнник Олег", "v.veselkina": "Веселкіна Ніна", "v.vovk": "Вовк Іван"} {
		if _, _, err := h.Enrol(t.Context(), h.admin, access.User{Login: login, FullName: name}, nil); err != nil {
			t.Fatal(err)
		}
	}
	var order []string
	users, _, err := h.FindUsers(t.Context(), h.admin, access.UserFilter{Q: "v.v", Size: 10})
	for _, u := range users {
		order = append(order, u.FullName)
	}
	if want := []string{"Веселкіна Ніна", "Вовк Іван", "В’юнник Олег"}; err != nil || !slices.Equal(order, want) {
		t.Errorf("in the order %q, want %q; %v", order, want, err)
	}
	u, err := h.User(t.Context(), h.admin, made.UserID)
	if err != nil || u.Phone != "+380671234567" || u.FullName != "Лук’яненко Дарʼя" {
		t.Errorf("kept as %q, %q, %v", u.FullName, u.Phone, err)
	}
}

func TestDetailsAreChanged(t *testing.T) {
	h := newHouse(t)
	clerk := h.Users[access.Administrator]
	u, err := h.User(t.Context(), h.admin, clerk.UserID)
	if err != nil {
		t.Fatal(err)
	}
	u.FullName, u.Email, u.Phone = "Нове Прізвище", "new@example.org", "(044) 123-45-67, дод. 12"
	if err := h.SaveUser(t.Context(), h.admin, u); err != nil {
		t.Fatal(err)
	}
	saved, err := h.User(t.Context(), h.admin, clerk.UserID)
	if err != nil || saved.FullName != "Нове Прізвище" || saved.Phone != "(044) 123-45-67, дод. 12" || saved.Version != u.Version+1 {
		t.Errorf("%+v, %v", saved, err)
	}
	if err := h.SaveUser(t.Context(), h.admin, u); fault.MessageKey(err) != "access.user_changed" {
		t.Errorf("a stale change: %v", err)
	}
	for field, change := range map[string]func(*access.User){
		"full_name": func(u *access.User) { u.FullName = " " }, "email": func(u *access.User) { u.Email = "не-адреса" }, "phone": func(u *access.User) { u.Phone = "abc" },
	} {
		wrong := saved
		change(&wrong)
		if err := h.SaveUser(t.Context(), h.admin, wrong); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", field, err)
		}
	}
}
