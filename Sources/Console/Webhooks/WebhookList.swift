import Tokens

/// The forges of a file: one in a line, as `name kind secret`; see ``SecretLines``.
struct WebhookList: Sendable {
    let senders: [WebhookSender]

    /// - Parameter path: for errors, which never repeat what stands in a line.
    init(_ text: String, path: String) throws(TokenError) {
        var senders: [WebhookSender] = []
        let lines = try SecretLines(
            text, path: path, what: "a sender is a name, a kind and a secret",
            example: "our-forge github SECRET")
        for line in lines.lines {
            let kind: WebhookSender.Kind = try SecretLines.kind(of: line, "kind of forge")
            try SecretLines.requireLength(of: line, more: ", and give it to the forge")
            let sender = WebhookSender(name: line.name, kind: kind, secret: line.secret)
            try Self.check(sender, among: senders, line.place)
            senders.append(sender)
        }
        self.senders = senders
    }

    private static func check(
        _ sender: WebhookSender, among others: [WebhookSender], _ place: String
    ) throws(TokenError) {
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
