using Brink.Landscapes;
using Brink.Runs;

namespace Brink.Lab;

/// <param name="Thresholds">Null where the landscape is no even split.</param>
public sealed record LandscapeResult(LandscapeDescent Descent, BifurcationThresholds? Thresholds, RunSummary Summary);
