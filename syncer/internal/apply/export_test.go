package apply

import "time"

// Taken is how many bytes of frames the applier has taken and not yet made durable.
func (w *Writer) Taken() int {
	w.queue.mu.Lock()
	defer w.queue.mu.Unlock()
	return w.queue.held
}

// Waits is how many bytes of frames wait for the applier.
func (w *Writer) Waits() int {
	w.queue.mu.Lock()
	defer w.queue.mu.Unlock()
	return w.queue.waiting
}

// FallBehind makes the writer believe, before it runs, that the stream is behind.
func (w *Writer) FallBehind() {
	later := time.Now().Add(time.Hour)
	w.line.pace = batchPacer{behind: true, last: later, lookedAt: later}
}

// Holds is how many holds are asked for.
func (w *Writer) Holds() int {
	w.gate.mu.Lock()
	defer w.gate.mu.Unlock()
	return len(w.gate.holds)
}
