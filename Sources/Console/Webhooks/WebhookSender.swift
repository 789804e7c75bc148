import Basics
import Crypto
import Foundation
import Schema

/// A forge that may say that something was pushed, with the secret by which that is proved.
struct WebhookSender: Sendable {
    /// How a forge proves that a delivery is its own.
    enum Kind: String, CaseIterable, Sendable {
        /// By an HMAC of the body in `X-Hub-Signature-256`.
        case github
        /// By the secret itself in `X-Gitlab-Token`; a signing token (`whsec_…`) signs body, id and
        /// time instead, in `webhook-signature`.
        case gitlab
        /// By an HMAC of the body in `X-Gitea-Signature`, as Forgejo does.
        case gitea
    }

    /// As it stands in the log.
    let name: String
    let kind: Kind
    let secret: String

    /// What the signing tokens of GitLab begin with; the rest is the key in Base64.
    static let signingPrefix = "whsec_"
    /// How far the time of a signed delivery may be off, in seconds.
    private static let toleranceSeconds: Int64 = 300

    /// The key of a signing token; nil where the secret is none.
    var signingKey: [UInt8]? {
        guard kind == .gitlab, secret.hasPrefix(Self.signingPrefix) else { return nil }
        return Data(base64Encoded: String(secret.dropFirst(Self.signingPrefix.count)))
            .map { Array($0) }
    }

    /// What a delivery is known by when it comes again; nil where it does not prove that it is this
    /// sender's.
    ///
    /// Every comparison takes as long wherever the two sides differ.
    ///
    /// - Parameter headers: by their names in small letters.
    func marks(
        _ headers: [String: String], _ body: [UInt8], at now: Timestamp
    ) -> [Digest]? {
        switch kind {
        case .github:
            signed(headers["x-hub-signature-256"], "sha256=", headers["x-github-delivery"], body)
        case .gitea:
            signed(headers["x-gitea-signature"], "", headers["x-gitea-delivery"], body)
        case .gitlab where secret.hasPrefix(Self.signingPrefix):
            standard(headers, body, at: now)
        case .gitlab: shown(headers, body)
        }
    }

    /// The id of these is not signed: so the body, which is, may not come again under another one.
    private func signed(
        _ signature: String?, _ prefix: String, _ id: String?, _ body: [UInt8]
    ) -> [Digest]? {
        guard let signature, !body.isEmpty,
            let code = try? MessageCode.sha256Digits(of: body, key: Array(secret.utf8)),
            Self.areEqual(signature, prefix + code)
        else { return nil }
        return [mark("body", code)] + (id.map { [mark("id", $0)] } ?? [])
    }

    /// Whoever has seen one such delivery has the secret: nothing but the id tells them apart.
    private func shown(_ headers: [String: String], _ body: [UInt8]) -> [Digest]? {
        guard let token = headers["x-gitlab-token"], Self.areEqual(token, secret) else {
            return nil
        }
        let id = headers["x-gitlab-event-uuid"] ?? headers["idempotency-key"]
        return [mark("id", id ?? Digest(of: body).hex)]
    }

    /// As the Standard Webhooks say: id, time and body are signed together.
    private func standard(
        _ headers: [String: String], _ body: [UInt8], at now: Timestamp
    ) -> [Digest]? {
        guard let key = signingKey, let id = headers["webhook-id"],
            let written = headers["webhook-timestamp"], let time = Int64(written),
            let signatures = headers["webhook-signature"],
            (now.secondsSince1970 - Self.toleranceSeconds...now.secondsSince1970
                + Self.toleranceSeconds).contains(time),
            let code = try? MessageCode.sha256(
                of: Array("\(id).\(written).".utf8) + body, key: key)
        else { return nil }
        let wanted = "v1," + Data(code).base64EncodedString()
        let isGood = signatures.split(separator: " ").contains {
            Self.areEqual(String($0), wanted)
        }
        return isGood ? [mark("id", id)] : nil
    }

    private func mark(_ what: String, _ value: String) -> Digest {
        Digest(of: "\(name)\n\(what)\n\(value)")
    }

    private static func areEqual(_ first: String, _ second: String) -> Bool {
        ConstantTime.areEqual(Array(first.utf8), Array(second.utf8))
    }
}
