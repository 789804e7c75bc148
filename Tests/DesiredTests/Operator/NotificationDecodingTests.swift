import Testing

@testable import Desired

@Suite("Whom the operator has told") struct NotificationDecodingTests {
    @Test(arguments: [
        ("{url: \"https://a\"}", "has no `name`"),
        ("{name: chat}", "has 0 of `url`, `url_env` and `url_file`"),
        (
            "{name: chat, url: \"https://a\", url_env: U}",
            "has 2 of `url`, `url_env` and `url_file`"
        ),
        ("{name: Chat, url_env: U}", "`name` is not 1 to 40 small letters"),
        ("{name: a/b, url_env: U}", "`name` is not 1 to 40 small letters"),
        ("{name: chat, url: \"ftp://a\"}", "`url` is no address"),
        ("{name: chat, url_file: chat.url}", "`url_file` is not an absolute path"),
        ("{name: chat, url_env: U, secret_file: /a/../b}", "`secret_file` is not an absolute path"),
        (
            "{name: chat, url_env: U, secret_env: A, secret_file: /b}",
            "`secret_env` and `secret_file`"
        ),
        ("{name: chat, url_env: U, events: [drift]}", "an event in `events` is `drift`"),
        ("{name: chat, url_env: U, events: []}", "`events` is empty"),
        ("{name: chat, url_env: U, template: teams}", "`template` is `teams`"),
        ("{name: a, url_env: U}, {name: a, url_env: V}", "are called `a`"),
        ("{name: chat, url_env: U, hook: x}", "`hook` is not a key of an entry of `notifications`"),
    ])
    func whatIsWrongIsSaid(_ entry: String, _ fault: String) throws {
        let error = #expect(throws: DesiredError.self) {
            try operatorFile(operatorText("notifications: [\(entry)]"))
        }
        #expect("\(try #require(error))".contains(fault), "\(String(describing: error))")
    }

    @Test(
        "attack: a secret in the wrong place is not repeated",
        arguments: [
            "{name: chat, url_env: \"https://hooks.slack.com/services/T0/B0/hunter2\"}",
            "{name: chat, url: hunter2-is-no-address}", "{name: chat, url_file: hunter2}",
            "{name: chat, url_env: U, secret_env: hunter2-hunter2}",
            "{name: chat, url_env: U, secret: hunter2}",
        ])
    func secretsAreNotRepeated(_ entry: String) throws {
        let error = #expect(throws: DesiredError.self) {
            try operatorFile(operatorText("notifications: [\(entry)]"))
        }
        #expect(!"\(try #require(error))".contains("hunter2"))
    }
}
