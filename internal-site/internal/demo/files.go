package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/documents"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

// stored is one file on its way into the register and the object store.
type stored struct {
	id        uuid.UUID
	purpose   documents.Purpose
	title     locale.Text
	name      string
	mediaType string
	key       string
	service   *uuid.UUID
	ofCase    *uuid.UUID
	by        *uuid.UUID
	at        time.Time
	published bool
	data      []byte
}

// file adds the row of a file, and its bytes to the objects that are uploaded.
func (b *builder) file(f stored) {
	sum := sha256.Sum256(f.data)
	b.put("documents.files", cell{"id", f.id}, cell{"purpose", string(f.purpose)}, cell{"title", f.title.UK}, cell{"title_en", f.title.EN},
		cell{"file_name", f.name}, cell{"media_type", f.mediaType}, cell{"size", len(f.data)}, cell{"sha256", hex.EncodeToString(sum[:])},
		cell{"bucket", documents.BucketDocuments}, cell{"object_key", f.key}, cell{"service_id", f.service}, cell{"case_id", f.ofCase},
		cell{"uploaded_by", f.by}, cell{"uploaded_at", f.at}, cell{"published", f.published})
	b.objects = append(b.objects, object{key: f.key, mediaType: f.mediaType, data: f.data})
}

// template makes the application form of a service to download and fill in by hand.
func (b *builder) template(o *offer) contract.FileRef {
	data, err := docx(b.application(o))
	if err != nil {
		b.fail("template of %s: %w", o.service.Key, err)
	}
	id := idOf("template", o.service.Key)
	title := locale.Text{UK: "Заява: " + o.service.Name.UK, EN: "Application form: " + o.service.Name.EN}
	b.file(stored{
		id: id, purpose: documents.Template, title: title, name: "zaiava-" + o.service.Key + ".docx", mediaType: mediaDOCX,
		key: "templates/" + id.String(), service: &o.id, by: &b.byOffice[o.authority.Key].members[0].UserID, at: b.founded(),
		published: true, data: data,
	})
	return contract.FileRef{ID: id, Title: title}
}

// sample is that form of a service as somebody invented has filled it in.
func (b *builder) sample(o *offer) {
	data, err := scan([]string{
		o.authority.Name.UK, "Заявник: Вигаданий Зразок Прикладович", "РНОКПП: вигаданий номер", "Адреса: Орлопіль, вул. Прикладна, 1", "Телефон: (0550) 00-00-00",
		"ЗАЯВА", o.service.Request, "До заяви додаю: копію паспорта", "Результат прошу надати: особисто в центрі", "Дата: 1 вересня 2026 року. Підпис: Зразок",
	})
	if err != nil {
		b.fail("sample of %s: %w", o.service.Key, err)
	}
	id := idOf("sample", o.service.Key)
	b.file(stored{
		id: id, purpose: documents.Sample, title: locale.Text{UK: "Зразок заяви", EN: "Sample application"}, name: "zrazok-" + o.service.Key + ".pdf",
		mediaType: "application/pdf", key: "templates/" + id.String(), service: &o.id, by: &b.byOffice[o.authority.Key].members[0].UserID, at: b.founded(),
		published: true, data: data,
	})
	b.put("catalogue.samples", cell{"id", id}, cell{"service_id", o.id},
		cell{"alt", "Угорі праворуч – установа й дані вигаданого заявника, посередині – про що він просить, унизу – що додає, дата й підпис."},
		cell{"alt_en", "At the top right the authority and the data of an invented applicant, in the middle what he asks for, below what he encloses, the date and the signature."},
		cell{"added_at", b.founded()})
}

// application is the text of that form.
func (b *builder) application(o *offer) []paragraph {
	line := "________________________________________"
	out := []paragraph{
		{text: o.authority.Name.UK, align: "right"},
		{text: "Заявник: " + line, align: "right"},
		{text: "прізвище, власне ім’я, по батькові (за наявності) або найменування юридичної особи", align: "right", small: true},
		{text: "РНОКПП або код ЄДРПОУ: ______________", align: "right"},
		{text: "Адреса: " + line, align: "right"},
		{text: "Телефон: ______________ Електронна пошта: ______________", align: "right"},
		{text: "ЗАЯВА", bold: true, align: "center"},
		{text: o.service.Request},
		{text: "Обставини, які прошу врахувати: " + line + line},
		{text: "До заяви додаю (позначте):", bold: true},
	}
	for _, d := range b.documents(o.service) {
		if d.ID != "application" {
			out = append(out, paragraph{text: "☐ " + d.Name.UK})
		}
	}
	return append(out,
		paragraph{text: "Результат прошу надати: ☐ особисто в центрі ☐ іншим способом: ______________"},
		paragraph{text: "Згоден (згодна) на обробку персональних даних, потрібних для надання цієї послуги.", small: true},
		paragraph{text: "«___» ____________ 20___ р.          Підпис ______________"},
		paragraph{text: "Заповнює адміністратор", bold: true, small: true},
		paragraph{text: fmt.Sprintf("Послуга %s. Номер справи ______________ Дата ____________ Підпис ____________", o.service.Code), small: true},
	)
}
