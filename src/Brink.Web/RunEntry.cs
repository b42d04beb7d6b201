namespace Brink.Web;

/// <summary>A run in the list.</summary>
/// <param name="Id">Name of its folder.</param>
/// <param name="Name">Name of the run.</param>
/// <param name="Status">Status: that of the manifest, killed, or unreadable.</param>
/// <param name="Kind">Kind of study; null if it is not known.</param>
/// <param name="Message">Reason for the status, in one line.</param>
/// <param name="Started">Time at which the run started.</param>
/// <param name="Seconds">Duration of a run that has ended.</param>
/// <param name="Numbers">The results at the top of its page, by label.</param>
/// <param name="Settings">Settings by path.</param>
internal sealed record RunEntry(
    string Id,
    string Name,
    string Status,
    string? Kind,
    string? Message,
    DateTimeOffset? Started,
    double? Seconds,
    IReadOnlyDictionary<string, double> Numbers,
    IReadOnlyDictionary<string, string> Settings);
