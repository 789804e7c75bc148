import Foundation
import TestSupport
import Testing

@testable import HTTP

@Suite struct TLSIdentityTests {
    private let certificates: Certificates
    private let pair: Certificates.Pair

    init() throws {
        certificates = try Certificates()
        pair = try certificates.make("server", for: "DNS:localhost,IP:127.0.0.1")
        chmod(pair.key, 0o600)
    }

    private func serve(_ pair: Certificates.Pair) throws -> HTTPServer {
        let identity = try TLSIdentity(certificatePath: pair.certificate, keyPath: pair.key)
        return try HTTPServer(ListenAddress("0"), identity: identity) { _ in
            HTTPResponse(200, "secret")
        }
    }

    private func ask(_ server: HTTPServer, _ options: [String] = []) throws -> Shell.Output {
        try Shell.run(
            "openssl",
            [
                "s_client", "-connect", "127.0.0.1:\(server.port)", "-quiet",
                "-verify_return_error", "-CAfile", certificates.authority,
            ] + options,
            input: "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    }

    @Test func whoTrustsTheAuthorityIsAnswered() throws {
        let server = try serve(pair)
        #expect(try ask(server).stdout.hasSuffix("secret"))
        #expect(try ask(server, ["-tls1_2"]).stdout.hasSuffix("secret"))
    }

    @Test("attack: versions of TLS that are too old are refused, and so is plain text")
    func oldVersionsAreRefused() throws {
        let server = try serve(pair)
        #expect(try !ask(server, ["-tls1_1"]).stdout.contains("secret"))
        let plain = try LoopbackClient(port: server.port)
        plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try !plain.rest().contains("secret"))
    }

    @Test func anotherCertificateIsShownToWhoConnectsNext() throws {
        let server = try serve(pair)
        let other = try certificates.make("other", for: "DNS:elsewhere")
        chmod(other.key, 0o600)
        func name() throws -> String {
            let shown = try Shell.run(
                "openssl", ["s_client", "-connect", "127.0.0.1:\(server.port)", "-showcerts"])
            return try Shell.run(
                "openssl", ["x509", "-noout", "-ext", "subjectAltName"], input: shown.stdout
            ).stdout
        }
        #expect(try name().contains("DNS:localhost"))
        try server.renew(
            TLSIdentity(certificatePath: other.certificate, keyPath: other.key))
        #expect(try name().contains("DNS:elsewhere"))
        #expect(try ask(server).stdout.hasSuffix("secret"))
        // Where the two do not fit, the one before goes on.
        #expect(throws: HTTPError.self) {
            try server.renew(
                TLSIdentity(certificatePath: pair.certificate, keyPath: other.key))
        }
        #expect(try name().contains("DNS:elsewhere"))
        for _ in 0..<5 {
            for one in [pair, other] {
                try server.renew(
                    TLSIdentity(certificatePath: one.certificate, keyPath: one.key))
            }
        }
        #expect(try ask(server).stdout.hasSuffix("secret"))
        server.stop()
    }

    @Test func aKeyThatOthersReadIsRefused() throws {
        chmod(pair.key, 0o640)
        let error = #expect(throws: HTTPError.self) { try serve(pair) }
        #expect(error?.remedy == "chmod 600 \(pair.key)")
    }

    @Test func aKeyOfAnotherCertificateIsRefused() throws {
        let other = try certificates.make("other", for: "DNS:localhost")
        chmod(other.key, 0o600)
        let mixed = Certificates.Pair(certificate: pair.certificate, key: other.key)
        let error = #expect(throws: HTTPError.self) { try serve(mixed) }
        #expect(error?.remedy?.contains("belongs to the certificate") == true)
    }

    @Test func filesThatAreNotThereAreNamed() {
        let error = #expect(throws: HTTPError.self) {
            try TLSIdentity(certificatePath: "/none.pem", keyPath: pair.key)
        }
        #expect(error?.fault == "/none.pem: the certificate cannot be read")
    }
}
