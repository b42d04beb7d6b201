using Brink.Optimizers.SaddleEscape;

namespace Brink.Lab;

/// <param name="Process">Method and condition.</param>
/// <param name="Moments">Moments from the saddle to the certificate.</param>
internal sealed record EscapeTrace(string Process, IReadOnlyList<EscapeMoment> Moments);

/// <param name="Step">Steps made.</param>
/// <param name="Calls">Oracle calls made.</param>
/// <param name="Loss">f.</param>
/// <param name="First">First coordinate.</param>
/// <param name="Second">Second coordinate.</param>
/// <param name="Growth">rho at that point; null where it was not estimated.</param>
internal sealed record EscapeMoment(long Step, long Calls, double Loss, double First, double Second, StrongGrowth? Growth);
