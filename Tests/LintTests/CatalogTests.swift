import Desired
import Testing

@testable import Lint

@Suite("The rules")
struct CatalogTests {
    @Test("Every id has its rule, in order")
    func ids() {
        #expect(RuleCatalog.rules.map(\.id) == LintRule.allCases)
    }

    @Test("Every rule says what it finds and what to do, without full stops")
    func texts() {
        for rule in RuleCatalog.rules {
            #expect(!rule.summary.isEmpty && !rule.summary.hasSuffix("."), "\(rule.id)")
            #expect(!rule.remedy.isEmpty && !rule.remedy.hasSuffix("."), "\(rule.id)")
        }
    }
}
