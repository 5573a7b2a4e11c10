package counter

import (
	"bytes"
	"context"
	"io"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

const (
	maxScan  = 20 << 20
	maxScans = 20 // in one request
)

var scanLimits = web.UploadLimits{
	File: maxScan, Total: 5 * maxScan, Files: maxScans, Types: []web.FileType{web.PDF, web.JPEG, web.PNG}, Each: true,
}

// scanField is the name of the field in which copies of a document of the list are sent.
const scanField = "scan."

// read reads the form with the files that came with it. Each file is looked into for malware and stored before its row.
func (h handlers) read(c *gin.Context, v counter.Visit) (*web.Form, []counter.Scan, error) {
	if c.ContentType() != gin.MIMEMultipartPOSTForm {
		form, err := web.ParseForm(c)
		return form, nil, err
	}
	var scans []counter.Scan
	form, err := h.site.ReadUpload(c, scanLimits, func(u web.Upload) error {
		var data bytes.Buffer
		if _, err := io.Copy(&data, u.Body); err != nil {
			return err
		}
		line, _ := strings.CutPrefix(u.Field, scanField)
		f, err := h.Vault.Put(c.Request.Context(), fileOf(u, line, v, session.Actor(c).UserID), data.Bytes())
		if key := documents.Refusal(err); key != "" {
			u.Form.AddAnother(u.Field, "counter.scan_refused", u.Name)
			return nil
		}
		if err == nil {
			scans = append(scans, scanOf(f, line))
		}
		return err
	})
	if err != nil {
		return form, nil, h.forget(c, err, scans)
	}
	return form, scans, nil
}

func fileOf(u web.Upload, line string, v counter.Visit, by uuid.UUID) documents.File {
	id := uuid.Must(uuid.NewV7())
	return documents.File{
		ID: id, Purpose: documents.Received, Title: line, FileName: u.Name, MediaType: u.Type.MediaType,
		ObjectKey: "counter/" + v.ID.String() + "/" + id.String(), UploadedBy: &by,
	}
}

func scanOf(f documents.File, line string) counter.Scan {
	return counter.Scan{
		ID: f.ID, Line: line, FileName: f.FileName, MediaType: f.MediaType, Size: f.Size, SHA256: f.SHA256, ObjectKey: f.ObjectKey,
		Notes: f.Notes, UploadedBy: *f.UploadedBy,
	}
}

// unscan takes one copy out again.
func (h handlers) unscan(c *gin.Context, v counter.Visit, what string) error {
	id, err := uuid.Parse(what)
	if err != nil {
		return fault.New(fault.Invalid, "")
	}
	scan, err := h.Visits.RemoveScan(c.Request.Context(), session.Actor(c), v.ID, id)
	if err != nil {
		return err
	}
	if err := h.remove(c, []counter.Scan{scan}); err != nil {
		return err
	}
	return h.to(c, v)
}

func filesOf(scans []counter.Scan) (files []documents.File) {
	for _, s := range scans {
		files = append(files, documents.File{ObjectKey: s.ObjectKey, Bucket: documents.BucketDocuments})
	}
	return files
}

// forget removes the objects of copies whose rows were not written, whatever became of the request.
func (h handlers) forget(c *gin.Context, cause error, scans []counter.Scan) error {
	return h.Vault.Undo(context.WithoutCancel(c.Request.Context()), cause, filesOf(scans)...)
}

func (h handlers) remove(c *gin.Context, scans []counter.Scan) error {
	return h.Vault.Remove(context.WithoutCancel(c.Request.Context()), filesOf(scans)...)
}
