package extension SeededGenerator {
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

    /// Any of `choices`, which has at least one.
    mutating func any<Choice>(_ choices: [Choice]) -> Choice {
        choices[Int.random(in: 0..<choices.count, using: &self)]
    }

    mutating func maybe<Choice>(_ percent: Int, _ choices: [Choice]) -> Choice? {
        chance(percent) ? any(choices) : nil
    }
}
