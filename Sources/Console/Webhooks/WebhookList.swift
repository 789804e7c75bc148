import Schema

/// The forges of a file: one in a line, as `name kind secret`.
///
/// Empty lines, and lines that begin with `#`, say nothing.
struct WebhookList: Sendable {
    let senders: [WebhookSender]

    /// - Parameter path: for errors, which never repeat what stands in a line.
    init(_ text: String, path: String) throws(TokenError) {
        var senders: [WebhookSender] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (number, line) in lines.enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            let place = "\(path):\(number + 1)"
            guard words.count == 3 else {
                throw TokenError(
                    "\(place): a sender is a name, a kind and a secret, and here are "
                        + Count.of(words.count, "word"),
                    remedy: "write it like `our-forge github SECRET`")
            }
            guard let kind = WebhookSender.Kind(rawValue: words[1]) else {
                throw TokenError(
                    "\(place): the second word is no kind of forge",
                    remedy: "use "
                        + WebhookSender.Kind.allCases.map(\.rawValue).joined(separator: ", "))
            }
            let sender = WebhookSender(name: first, kind: kind, secret: words[2])
            try Self.check(sender, among: senders, place)
            senders.append(sender)
        }
        self.senders = senders
    }

    private static func check(
        _ sender: WebhookSender, among others: [WebhookSender], _ place: String
    ) throws(TokenError) {
        guard sender.secret.utf8.count >= TokenList.leastLetters else {
            throw TokenError(
                "\(place): the secret is shorter than \(TokenList.leastLetters) letters",
                remedy: "make one with `openssl rand -hex 32`, and give it to the forge")
        }
        if sender.kind == .gitlab, sender.secret.hasPrefix(WebhookSender.signingPrefix) {
            guard let key = sender.signingKey, key.count >= 16 else {
                throw TokenError(
                    "\(place): behind \(WebhookSender.signingPrefix) stands no key in Base64",
                    remedy: "copy the whole signing token from GitLab")
            }
        }
        guard !others.contains(where: { $0.name == sender.name }) else {
            throw TokenError(
                "\(place): an earlier line has the same name", remedy: "give each its own")
        }
        guard !others.contains(where: { $0.secret == sender.secret }) else {
            throw TokenError(
                "\(place): the secret is that of an earlier line",
                remedy: "give each sender a secret of its own")
        }
    }
}
