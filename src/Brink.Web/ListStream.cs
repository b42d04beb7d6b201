using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Brink.Runs;

namespace Brink.Web;

/// <summary>The list of runs as events: the whole list, and then what changes.</summary>
internal static class ListStream
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    public static async IAsyncEnumerable<SseItem<string>> Of(RunList list, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Dictionary<string, string>? sent = null;
        IReadOnlyList<RunEntry>? entries = null;
        var quiet = 0;
        while (!cancellation.IsCancellationRequested)
        {
            var now = list.Read();
            if (ReferenceEquals(now, entries))
            {
                if (++quiet % RunStream.HeartbeatSeconds == 0) yield return new("", "heartbeat");
            }
            else if (Changes(entries = now) is { } changes)
            {
                quiet = 0;
                yield return new(changes, "list");
            }
            try
            {
                await Task.Delay(Pace, cancellation);
            }
            catch (OperationCanceledException)
            {
                yield break;
            }
        }

        // What differs from what was sent, as JSON; null for nothing.
        string? Changes(IReadOnlyList<RunEntry> next)
        {
            var texts = next.ToDictionary(
                entry => entry.Id, entry => JsonSerializer.Serialize(entry, RunJson.Options), StringComparer.Ordinal);
            string[] changed = [.. next.Select(entry => entry.Id).Where(id => sent?.GetValueOrDefault(id) != texts[id])];
            string[] removed = [.. sent?.Keys.Where(id => !texts.ContainsKey(id)) ?? []];
            var isFirst = sent is null;
            sent = texts;
            return changed.Length + removed.Length == 0 && !isFirst
                ? null
                : $"{{\"runs\":[{string.Join(',', changed.Select(id => texts[id]))}],\"removed\":{JsonSerializer.Serialize(removed)},"
                    + $"\"root\":{JsonSerializer.Serialize(list.Root)}}}";
        }
    }
}
