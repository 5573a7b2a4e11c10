package demo

import (
	"fmt"
	"math/rand/v2"

	"portal.example/internal-site/internal/cases"
	"portal.example/shared/contract"
)

// Names that nobody is likely to bear together: invented surnames, the same for men and women.
var (
	surnames = []string{
		"Вітропляс", "Медокошик", "Сонцекрай", "Тихопил", "Грушоквіт", "Зорепад", "Калиносад", "Дубошум", "Росинець",
		"Хмарочуб", "Травобрід", "Ясноклен", "Лугобій", "Снігозір", "Горіхолюб", "Пилипокіт", "Криницевод", "Маківчук-Зоря",
		"Солодколип", "Житомрій", "Борсукокрай", "В’язопіль", "Громовітер", "Джмелегай", "Їжакодар", "Ґавошлях", "Єжевикін",
		"Щедробір", "Ключеслав", "М’ятолист", "Небокрут", "Озероплав", "П’ятидзвін", "Рибокамінь", "Світлостеж", "Теплохмар",
	}
	menNames     = []string{"Остап", "Лук’ян", "Гордій", "Мирон", "Северин", "Юхим", "Ярема", "Корній", "Захар", "Дем’ян", "Тиміш", "Святослав", "Ілля", "Євген"}
	womenNames   = []string{"Одарка", "Мотря", "Горпина", "Зореслава", "Дзвінка", "Квітослава", "Соломія", "Уляна", "Христина", "Ївга", "Меланія", "Явдоха", "Мар’яна", "Ганна"}
	menFathers   = []string{"Остапович", "Лук’янович", "Гордійович", "Миронович", "Северинович", "Захарович", "Дем’янович", "Святославович"}
	womenFathers = []string{"Остапівна", "Лук’янівна", "Гордіївна", "Миронівна", "Северинівна", "Захарівна", "Дем’янівна", "Святославівна"}
	streets      = []string{"вул. Липнева", "вул. Садова", "вул. Гончарна", "вул. Мулярська", "вул. Вокзальна", "пров. Тихий", "вул. Базарна", "вул. Лугова"}
	entities     = []string{
		"ТОВ «Орлопільхліб»", "ТОВ «Кам’яностав-Буд»", "ПП «Тихі Луги Агро»", "ТОВ «Ратушна кав’ярня»", "ТОВ «Орлопільтрансавто»",
		"ТОВ «Мережі Орлополя»", "ПП «Гончарне коло»", "ТОВ «Сузір’я реклами»", "Фермерське господарство «Медовий яр»",
	}
)

// population makes the people and companies that apply, some of whom come more than once.
func population(r *rand.Rand, size int) []cases.Applicant {
	people := make([]cases.Applicant, size)
	for i := range people {
		people[i] = somebody(r, i)
	}
	return people
}

func somebody(r *rand.Rand, i int) cases.Applicant {
	woman := r.IntN(100) < 58
	given, fathers := menNames, menFathers
	serial := 1 + 2*r.IntN(4000)
	if woman {
		given, fathers = womenNames, womenFathers
		serial++
	}
	a := cases.Applicant{
		Kind: contract.ApplicantPerson, Surname: one(r, surnames), GivenName: one(r, given), Patronymic: one(r, fathers),
		TaxNumber: taxNumber(1+r.IntN(1400), serial), Phone: fmt.Sprintf("+38042%07d", 9000000+i*37),
		Email:   fmt.Sprintf("zaiavnyk%03d@poshta.example", i),
		Address: fmt.Sprintf("%s, %s, %d, кв. %d", one(r, []string{"м. Орлопіль", "м. Орлопіль", "м. Кам’яностав", "с. Тихі Луги"}), one(r, streets), 1+r.IntN(90), 1+r.IntN(120)),
	}
	switch i % 23 {
	case 5: // some people have no patronymic
		a.Patronymic = ""
	case 11: // some refused the tax number and have a mark in the passport
		a.TaxNumber, a.Passport = "", fmt.Sprintf("ЯЯ%06d", 100000+i)
	case 17:
		a.Email = ""
	}
	return a
}

// as makes the applicant one of a kind that the service is for.
func as(a cases.Applicant, kind string, r *rand.Rand) cases.Applicant {
	a.Kind = kind
	if kind == contract.ApplicantEntity {
		i := r.IntN(len(entities))
		a.Entity, a.EDRPOU = entities[i], edrpou(100+i*731)
	}
	return a
}

func one[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }
