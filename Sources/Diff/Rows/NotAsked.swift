/// Why no question is asked: none is known whose answer is right in every case.
struct NotAsked: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
