package signatures

import (
	"testing"

	"portal.example/shared/signature"
)

func TestWhoseSignature(t *testing.T) {
	mariana := Party{Name: "Приклад Мар’яна Іванівна", RNOKPP: "1234567899"}
	for name, c := range map[string]struct {
		party Party
		who   signature.Person
		want  Match
	}{
		"number":                      {mariana, signature.Person{Name: "Інакша Мар'яна", RNOKPP: "1234567899"}, ByNumber},
		"another number":              {mariana, signature.Person{Name: "Приклад Мар’яна Іванівна", RNOKPP: "2922912343"}, None},
		"no number in certificate":    {mariana, signature.Person{Name: "ПРИКЛАД МАР'ЯНА ІВАНІВНА"}, ByName},
		"without patronymic":          {Party{Name: "Мар’яна Приклад"}, signature.Person{Name: "Приклад Марʼяна Іванівна"}, ByName},
		"initials":                    {Party{Name: "Литвиненко Г. Ю."}, signature.Person{Name: "Литвиненко Ганна Юріївна"}, ByName},
		"initials of another":         {Party{Name: "Литвиненко О. Ю."}, signature.Person{Name: "Литвиненко Ганна Юріївна"}, None},
		"nothing but initials":        {Party{Name: "Л. Г."}, signature.Person{Name: "Литвиненко Ганна Юріївна"}, None},
		"surname only":                {Party{Name: "Приклад"}, signature.Person{Name: "Приклад Мар’яна"}, None},
		"the same word twice":         {Party{Name: "Іван Іван"}, signature.Person{Name: "Іван Петренко"}, None},
		"somebody else":               {mariana, signature.Person{Name: "Коваленко Оксана Петрівна"}, None},
		"entity":                      {Party{Name: "Директор Олег", EDRPOU: "37739057"}, signature.Person{Name: "Інша Особа", EDRPOU: "37739057"}, ByNumber},
		"another entity, same person": {Party{Name: "Директор Олег", EDRPOU: "37739057"}, signature.Person{Name: "Олег Директор", EDRPOU: "00000000"}, ByName},
		"nothing known":               {Party{}, signature.Person{}, None},
	} {
		if got := c.party.Of(c.who); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
