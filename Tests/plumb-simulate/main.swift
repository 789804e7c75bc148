import Foundation
import Simulation

exit(SimulationProgram.run(Array(CommandLine.arguments.dropFirst())))
