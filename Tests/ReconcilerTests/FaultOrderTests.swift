import Execution
import Testing

@Suite("What is asked of a fault point")
struct FaultOrderTests {
    @Test("a point or any effect, the number of its reaching, and what happens")
    func words() {
        let order = FaultOrder("beforeStatement:3:park")
        #expect(order?.point == .beforeStatement && order?.number == 3 && order?.action == .park)
        #expect(FaultOrder("afterIntent:kill")?.number == 1)
        for text in ["", "kill", "effect", "effect:kill:1", "effect:-1:kill", "nowhere:kill", ":"] {
            #expect(FaultOrder(text) == nil, "\(text)")
        }
    }

    @Test("an effect is a commit of the ledger or a statement")
    func effects() {
        let order = FaultOrder("effect:kill")
        let points = FaultPoint.allCases.filter { order?.concerns($0) == true }
        #expect(points == [.beforeStatement, .beforeLedgerWrite])
        #expect(FaultOrder("afterOutcome:fail")?.concerns(.beforeOutcome) == false)
    }
}
