package search

import "strings"

// synonyms are words that everybody uses and official names do not, and forms that the dictionary keeps apart.
// On one line stand words for the same thing; a phrase is found only whole. What is particular to a service
// belongs into its keywords, which staff own.
var synonyms = parseSynonyms(`
дитина діти дітей дітям дітьми дітях
людина люди людей людям людьми людях
фоп|підприємець|фізична особа підприємець
впо переселенець|внутрішньо переміщена особа
прописка прописатися|реєстрація місця проживання
весілля одруження одружитися розписатися|реєстрація шлюбу
розлучення розлучитися|розірвання шлюбу
закордонник загранпаспорт закордонний|виїзд за кордон
автомобіль авто машина|транспортний засіб
права|посвідчення водія
земля ділянка
квартира житло
садок садочок|дошкільна освіта
соцдопомога|соціальна допомога|державна допомога
інвалід інвалідність
чаес чорнобилець чорнобильський|чорнобильська катастрофа
убд|учасник бойових дій
фірма компанія тов|юридична особа
відкрити зареєструвати реєстрація
закрити закриття припинення
судимість несудимість
немовля новонароджений|народження дитини
помер похорон поховання смерть
спадок спадщина
вивіска реклама
магазин кіоск торгівля
зрубати зрізати|видалення зелених насаджень
пільга пільговий
іпн рнокпп|ідентифікаційний код|номер облікової картки
`)

// parseSynonyms maps every single word to the other words and phrases of its line.
func parseSynonyms(lines string) map[string][]string {
	all := map[string][]string{}
	for line := range strings.Lines(strings.TrimSpace(lines)) {
		var terms []string
		for part := range strings.SplitSeq(strings.TrimSpace(line), "|") {
			if len(terms) == 0 {
				terms = append(terms, strings.Fields(part)...) // single words come first
				continue
			}
			terms = append(terms, part)
		}
		for _, t := range terms {
			if strings.Contains(t, " ") {
				continue
			}
			for _, other := range terms {
				if other != t {
					all[t] = append(all[t], other)
				}
			}
		}
	}
	return all
}
