package law

// partBytes is about how much text of an edition one page shows: some twenty printed pages of Ukrainian.
const partBytes = 100_000

// Parts cuts a text into parts of whole paragraphs, each as long as a page shows.
func Parts(text string) (parts [][]string) {
	size := partBytes
	for _, paragraph := range Paragraphs(text) {
		if size+len(paragraph) > partBytes {
			parts, size = append(parts, nil), 0
		}
		last := len(parts) - 1
		parts[last] = append(parts[last], paragraph)
		size += len(paragraph)
	}
	return parts
}
