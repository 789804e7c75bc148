import Basics
import Ledger
import Model
import Testing

@testable import Service

@Suite("The table of what may be asked")
struct EndpointTests {
    @Test("ids and routes are each there once")
    func unique() {
        let all = Endpoints.all
        #expect(all.count > 25)
        #expect(Set(all.map(\.id)).count == all.count)
        for endpoint in all {
            let values = Dictionary(
                endpoint.parameters.filter { $0.place == .path }.map { ($0.name, "abc def/%") }
            ) { first, _ in first }
            let path = endpoint.path.filled(values).split(separator: "/").map {
                PercentEncoding.decode($0) ?? "?"
            }
            let found = Endpoints.at(path).filter { $0.endpoint.method == endpoint.method }
            #expect(found.map(\.endpoint.id) == [endpoint.id], "\(path)")
            #expect(found.first?.values == values, "\(endpoint.id)")
        }
        #expect(Endpoints.at(["status", "more"]).isEmpty && Endpoints.at([]).isEmpty)
        #expect(Endpoints.at(["rollouts", ""]).isEmpty)
    }

    @Test("what changes something is posted, with a reason, by who may more than look")
    func roles() {
        for endpoint in Endpoints.all {
            let isPost = endpoint.method == .post
            #expect(isPost == (endpoint.role != .read), "\(endpoint.id)")
            #expect(isPost == endpoint.parameters.contains(.reason), "\(endpoint.id)")
            #expect(endpoint.formats.contains(.text) && endpoint.formats.contains(.json))
            #expect(endpoint.summary.last != "." && !endpoint.summary.contains("\n"))
            for parameter in endpoint.parameters where parameter.place != .path {
                #expect(isPost == (parameter.place == .body), "\(endpoint.id) \(parameter.name)")
            }
        }
        let approving = Endpoints.all.filter { $0.role == .approve }.map(\.id)
        #expect(approving == ["approvals.approve", "approvals.deny"])
    }

    @Test(
        "what parameters cannot say together is refused before anything is opened",
        arguments: [
            ("rollouts.throttle", [:], "one of atOnce and off"),
            ("rollouts.throttle", ["atOnce": "2", "off": "true"], "one of atOnce and off"),
            ("approvals.approve", [:], "no step is named"),
            ("approvals.deny", ["all": "true", "digest": "abcdef"], "all and some of them"),
            ("suspensions.suspend", ["target": "a/b/c"], "names no namespace"),
            ("suspensions.resume", ["target": "a/"], "names no namespace"),
            ("shards.unlock", ["target": "app"], "names no shard"),
        ])
    func together(id: String, values: [String: String], words: String) throws {
        let endpoint = try #require(Endpoints.all.first { $0.id == id })
        let error = #expect(throws: UsageError.self) {
            try endpoint.parameters(
                ["reason": ["why"]].merging(values.mapValues { [$0] }) { $1 })
        }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test("a path is filled and matched, whatever is in it")
    func paths() {
        let path = PathTemplate("/rollouts/{rollout}/stop")
        #expect(path.filled(["rollout": "a/b?c#ü %"]) == "/rollouts/a%2Fb%3Fc%23%C3%BC%20%25/stop")
        #expect(path.filled([:]) == "/rollouts/-/stop")
        #expect(path.match(["rollouts", "x", "stop"]) == ["rollout": "x"])
        #expect(path.match(["rollouts", "x", "start"]) == nil)
        for text in ["", "a", "ü/?#[]@!$&'()*+,;=%20", "\u{0}\n"] {
            #expect(PercentEncoding.decode(PercentEncoding.encode(text)) == text)
        }
        for text in ["%", "%2", "%zz", "%ff", "%+1"] {
            #expect(PercentEncoding.decode(text) == nil)
        }
    }

    @Test("each kind of error has its status")
    func statuses() {
        let cases: [(any Error, Int)] = [
            (UsageError(message: "what"), 400), (NothingFoundYet(environment: "p"), 503),
            (ConfigurationError("wrong"), 500), (ConfigurationError("no", kind: .notFound), 404),
            (ConfigurationError("not now", kind: .conflict), 409),
            (LedgerError(.locked, "held"), 409), (LedgerError(.missing, "none"), 404),
            (LedgerError(.damaged, "broken"), 500), (LedgerError(.diskFull, "full"), 500),
        ]
        for (error, status) in cases { #expect(Failure(error).httpStatus == status, "\(error)") }
    }

    @Test("an answer is safe for output in each format, and has colours only where asked")
    func safe() {
        let answer = Answer(formats: [.text, .json]) { _, _ in "a\u{1B}[31mb\n" }
        #expect(answer.text(.text) == "a\\u{1b}[31mb\n")
        #expect(answer.text(.json) == "a\\u001b[31mb\n")
        let coloured = Presentation(isColoured: true)
        #expect(answer.text(.text, coloured) == "a\u{1B}[31mb\n")
        // One that does not exist is text, and no other format has colours.
        #expect(answer.text(.markdown) == answer.text(.text))
        #expect(answer.text(.json, coloured) == answer.text(.json))
    }

    @Test("pages follow on each other and end")
    func pages() throws {
        let all = (1...7).map(String.init)
        func page(_ values: [String: [String]]) throws -> Page<String> {
            Page(all, try Parameters(values, of: [.limit, .after])) { $0 }
        }
        let first = try page(["limit": ["3"]])
        #expect(first.items == ["1", "2", "3"] && first.next == "3")
        let second = try page(["limit": ["4"], "after": ["3"]])
        #expect(second.items == ["4", "5", "6", "7"] && second.next == nil)
        #expect(try page(["after": ["99"]]).items == [])
        #expect(try page([:]).items == all)
    }
}
