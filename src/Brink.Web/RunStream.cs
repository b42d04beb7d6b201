using System.Diagnostics;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Web;

/// <summary>One run, or several that are compared, as events: the page, then what is added to it. The id of an event is the
/// cursor of the page; a page that connects again with it receives only what it lacks.</summary>
/// <param name="runs">The runs, which the stream closes.</param>
/// <param name="after">Id of the last event that the page has received; null for a new page.</param>
internal sealed class RunStream(FollowedRuns runs, string? after)
{
    public const int HeartbeatSeconds = 15;

    // A share of one core: after a refresh, the stream waits this many times as long as one takes.
    private const double Rest = 24;

    private const int Costs = 3;

    // The text is no part of a page, and needs no escapes for HTML.
    private static readonly JsonSerializerOptions Json =
        new(PageSection.Json) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50), TextPace = TimeSpan.FromSeconds(1);

    private readonly Queue<TimeSpan> _costs = new([TimeSpan.Zero]);
    private FigureCursor? _cursor;
    private IReadOnlyList<string> _texts = [];
    private bool _hasBegun, _isTextStale, _hasEnded, _isOver;
    private long _spoken = Stopwatch.GetTimestamp(), _heard = Stopwatch.GetTimestamp();

    public async IAsyncEnumerable<SseItem<string>> Events([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var owned = runs;
        while (!_isOver)
        {
            var began = Stopwatch.GetTimestamp();
            var items = Next();
            var rest = items.Count > 0 ? Rest * Cost(Stopwatch.GetElapsedTime(began)) : TimeSpan.Zero;
            foreach (var item in items) yield return item;
            var least = _hasEnded ? TextPace : Poll;
            try
            {
                await Task.Delay(rest > least ? rest : least, cancellation);
            }
            catch (OperationCanceledException)
            {
                yield break;
            }
        }
    }

    /// <summary>Returns what a refresh takes: the least of the last durations. The first ones compile the code, and other programs
    /// delay some.</summary>
    private TimeSpan Cost(TimeSpan last)
    {
        _costs.Enqueue(last);
        if (_costs.Count > Costs) _costs.Dequeue();
        return _costs.Min();
    }

    private List<SseItem<string>> Next()
    {
        var items = new List<SseItem<string>>();
        try
        {
            if (runs.Removed is { } removed)
            {
                _isOver = true;
                items.Add(Item("removed", new { Run = removed }));
                return items;
            }
            if (!_hasBegun || runs.HaveChanged)
            {
                items.AddRange(Refreshed());
                _isTextStale |= _hasBegun;
                _hasBegun = true;
            }
            if (_isTextStale && Stopwatch.GetElapsedTime(_spoken) > TextPace)
            {
                items.AddRange(Spoken());
                (_isTextStale, _spoken) = (false, Stopwatch.GetTimestamp());
            }
            if (!runs.AreWritten && !_hasEnded && !_isTextStale) items.Add(Item("end", new { }));
            _hasEnded = !runs.AreWritten && !_isTextStale;
        }
        catch (RunStoreException e)
        {
            // The store may be readable again: a disk comes back, a lock is released.
            items.Add(Item("fault", new { e.Message }));
        }
        if (items.Count > 0) _heard = Stopwatch.GetTimestamp();
        if (Stopwatch.GetElapsedTime(_heard).TotalSeconds > HeartbeatSeconds)
        {
            _heard = Stopwatch.GetTimestamp();
            items.Add(new("", "heartbeat"));
        }
        return items;
    }

    /// <summary>Returns the page as a whole, or what is new.</summary>
    private IEnumerable<SseItem<string>> Refreshed()
    {
        if (!_hasBegun && after is null) return Whole();
        var sections = runs.Complete();
        _cursor ??= FigureCursor.Of(after, sections);
        if (_cursor?.Patch(sections) is not var (patches, next)) return Whole();
        _cursor = next;
        // The text of a page that connects again is not known.
        if (!_hasBegun) _isTextStale = true;
        return patches.Count > 0 ? [Item("points", new { Sections = patches }, next.Id)] : [];
    }

    private SseItem<string>[] Whole()
    {
        var sections = runs.Reduced();
        _cursor = FigureCursor.At(sections);
        _texts = runs.Texts();
        var page = new { runs.Title, Sections = _texts.Zip(sections, (html, data) => new { Html = html, data.Runs, data.Figures }) };
        return [Item("page", page, _cursor.Id)];
    }

    /// <summary>Returns the sections whose text has changed.</summary>
    private IEnumerable<SseItem<string>> Spoken()
    {
        var before = _texts;
        _texts = runs.Texts();
        return _texts.Index().Where(one => one.Item != before.ElementAtOrDefault(one.Index))
            .Select(one => Item("text", new { Section = one.Index, Html = one.Item }));
    }

    private static SseItem<string> Item(string kind, object data, string? id = null) =>
        new(JsonSerializer.Serialize(data, Json), kind) { EventId = id };
}
