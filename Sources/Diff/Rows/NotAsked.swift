/// No question can be asked whose answer would be right in every case, and why.
struct NotAsked: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
