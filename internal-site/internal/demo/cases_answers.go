package demo

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"

	"portal.example/internal-site/internal/cases"
	"portal.example/shared/contract"
	"portal.example/shared/forms"
)

// fillIn answers the form of a quick service as an applicant would, and returns the documents that come with it.
func fillIn(f filing, c cases.Case, r *rand.Rand) (json.RawMessage, []contract.Document, error) {
	form, err := forms.Parse(f.offer.formJSON)
	if err != nil {
		return nil, nil, err
	}
	answers, received := forms.Answers{}, []contract.Document{}
	card := f.offer.cardOn(dateOf(f.filed)).card
	for _, s := range form.Steps {
		for _, field := range s.Fields {
			if !form.Visible(field, answers) || (!field.Required && r.IntN(2) == 0) {
				continue
			}
			if field.Widget != forms.WidgetFile {
				answers[field.Name] = reply(f, field, r)
				continue
			}
			answers[field.Name] = []string{receivedID(c, len(received)).String()}
			paper := document(card, field.Document)
			paper.Name = field.Title // as the intake names it
			received = append(received, paper)
		}
	}
	if err := form.Validate(answers, f.filed); err != nil {
		return nil, nil, err
	}
	raw, err := json.Marshal(answers)
	return raw, received, err
}

func document(card contract.Card, id string) contract.Document {
	i := slices.IndexFunc(card.Documents, func(d contract.Document) bool { return d.ID == id })
	if i < 0 {
		return contract.Document{ID: id}
	}
	return card.Documents[i]
}

// reply is a believable answer to one question.
func reply(f filing, field *forms.Field, r *rand.Rand) any {
	switch field.Widget {
	case forms.WidgetRadios, forms.WidgetSelect:
		return one(r, field.Options).Value
	case forms.WidgetCheckboxes:
		return []string{one(r, field.Options).Value}
	case forms.WidgetCheckbox:
		return true
	case forms.WidgetNumber:
		return number(field, r)
	case forms.WidgetDate:
		return date(f, field, r)
	case forms.WidgetPhone:
		return f.applicant.Phone
	case forms.WidgetText, forms.WidgetTextarea, forms.WidgetEmail, forms.WidgetFile:
	}
	return words(f, field, r)
}

func number(field *forms.Field, r *rand.Rand) json.Number {
	switch field.Name {
	case "year":
		return json.Number(fmt.Sprint(1975 + r.IntN(45)))
	case "area":
		return json.Number(fmt.Sprintf("%d.5", 18+r.IntN(70)))
	case "spent":
		return json.Number(fmt.Sprint(1500 + 100*r.IntN(300)))
	}
	return json.Number(fmt.Sprint(1 + r.IntN(5)))
}

// date answers within what the question allows: some are about the past, some about what is planned.
func date(f filing, field *forms.Field, r *rand.Rand) string {
	switch field.Name {
	case "lease_until", "court_date", "starts_on", "from_date":
		return dated(f.filed.AddDate(0, 0, 5+r.IntN(20)))
	case "ends_on":
		return dated(f.filed.AddDate(0, 0, 30+r.IntN(20)))
	case "birth_date":
		return dated(f.filed.AddDate(-25-r.IntN(40), -r.IntN(12), -r.IntN(28)))
	}
	return dated(f.filed.AddDate(0, 0, -10-r.IntN(200)))
}

var phrases = map[string][]string{
	"child_surname":    {"Сонцекрай", "Вітропляс", "Хмарочуб"},
	"child_name":       {"Остап", "Дзвінка", "Мирон", "Квітослава"},
	"birth_record":     {"118", "204", "37"},
	"decision_number":  {"№ 14 від 12 березня"},
	"school":           {"Орлопільська гімназія № 3", "Тихолузький ліцей", "Кам’яноставська школа № 1"},
	"circumstances":    {"Документ загубився під час переїзду.", "У прізвищі пропущено апостроф."},
	"story":            {"Прошу допомогти скласти заяву та пояснити, куди її подати.", "Отримав відмову, з якою не згоден, і хочу її оскаржити."},
	"accounts":         {"Газ 100200300\nСвітло 400500600", "Вода 700800900"},
	"birth_place":      {"м. Орлопіль", "с. Тихі Луги", "м. Кам’яностав"},
	"former_surname":   {"Травобрід", "Росинець"},
	"former_surnames":  {"Травобрід", "Росинець"},
	"surname_then":     {"Зорепад", "М’ятолист"},
	"act_place":        {"м. Орлопіль, міський відділ", "с. Тихі Луги, сільська рада"},
	"relative_name":    {"Ясноклен Захар Миронович"},
	"reason_other":     {"Придбання слухового апарата"},
	"purpose_other":    {"Для роботодавця"},
	"building_permit":  {"ОР 260415001"},
	"plate":            {"ОР 1234 АА", "ОР 5678 ВК"},
	"model":            {"Велотранс Мрія", "Автозоря Стриж"},
	"pet_name":         {"Барвінок", "Мурчик", "Рижик"},
	"breed":            {"Без породи", "Вівчарка"},
	"chip":             {"804098100012345", "804098100067890"},
	"cadastral_number": {"9910100000:01:023:0045", "9921400000:02:001:0117"},
	"present_address":  {"вул. Лугова, 12-А"},
}

// words answers in text: by format where the question has one, with a phrase that fits, or with an address.
func words(f filing, field *forms.Field, r *rand.Rand) string {
	if field.Format == "iban" {
		return "UA659999990000033405000310005"
	}
	if list, ok := phrases[field.Name]; ok {
		return one(r, list)
	}
	return f.applicant.Address
}
