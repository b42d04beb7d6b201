using Brink.Landscapes;
using Brink.Runs;

namespace Brink.Lab;

/// <param name="Thresholds">Thresholds of the limit of small learning rates; null where the landscape is not an even
/// split.</param>
public sealed record LandscapeResult(LandscapeDescent Descent, BifurcationThresholds? Thresholds, RunSummary Summary);
