using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Brink.Lab.Tests;
using Brink.Runs;

namespace Brink.Browser.Tests;

/// <summary>The addresses of the server: what it answers, and what it refuses.</summary>
public sealed class ServerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_list_has_every_run_with_the_settings_that_differ_and_the_reason_of_one_that_cannot_be_read()
    {
        foreach (var (name, rate) in new[] { ("slow", 0.1), ("fast", 0.2) })
        {
            using var run = WrittenRun.Begin(_folder.Path(name), rate);
            WrittenRun.Add(run, 0, 3);
            WrittenRun.End(run);
        }
        Directory.CreateDirectory(_folder.Path("damaged"));
        await File.WriteAllTextAsync(_folder.Path("damaged/run.db"), "not a store");
        using var server = new ServedRuns(_folder.Path(""));
        var list = await Json(new(server.Address, "api/runs"));
        var runs = list.EnumerateArray().ToDictionary(run => run.GetProperty("id").GetString()!);
        Assert.Equal(3, runs.Count);
        Assert.Equal("completed", runs["slow"].GetProperty("status").GetString());
        Assert.Equal("toy", runs["slow"].GetProperty("kind").GetString());
        var settings = runs["fast"].GetProperty("settings");
        Assert.Equal("0.2", settings.GetProperty("learning_rate").GetString());
        Assert.False(settings.TryGetProperty("samples", out _));
        Assert.Equal("unreadable", runs["damaged"].GetProperty("status").GetString());
        Assert.Contains("damaged", runs["damaged"].GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_connects_again_receives_only_the_points_that_it_lacks()
    {
        using var run = WrittenRun.Begin(_folder.Path("run"));
        WrittenRun.Add(run, 0, 60);
        string? last;
        using (var server = new ServedRuns(_folder.Path("")))
        {
            await using var events = await EventReader.Of(new(server.Address, "api/events?run=run"));
            var (_, page) = await events.Next("page");
            Assert.Equal(60, FirstCurve(page).GetProperty("x").GetArrayLength());
            last = events.LastId;
        }
        WrittenRun.Add(run, 60, 5);
        // Another server: the cursor needs nothing of the first.
        using var second = new ServedRuns(_folder.Path(""));
        await using var again = await EventReader.Of(new(second.Address, "api/events?run=run"), last);
        var (kind, points) = await again.Next("page", "points");
        Assert.Equal("points", kind);
        var curve = points.GetProperty("sections")[0].GetProperty("figures")[0].GetProperty("curves")[0];
        Assert.Equal(60, curve.GetProperty("from").GetInt32());
        Assert.Equal([60, 61, 62, 63, 64], curve.GetProperty("x").EnumerateArray().Select(x => x.GetInt32()));
        Assert.Equal(WrittenRun.Loss(64), curve.GetProperty("y")[4].GetDouble(), 6);
    }

    [Fact]
    public async Task A_run_that_goes_back_replaces_what_the_page_has()
    {
        using var run = WrittenRun.Begin(_folder.Path("run"));
        WrittenRun.Add(run, 0, 60);
        using var server = new ServedRuns(_folder.Path(""));
        await using var events = await EventReader.Of(new(server.Address, "api/events?run=run"));
        await events.Next("page");
        run.DiscardFrom(50);
        for (var step = 50; step < 70; step++) run.Add("gd", "loss", step, 7);
        run.Commit();
        var (_, points) = await events.Next("points");
        var curve = points.GetProperty("sections")[0].GetProperty("figures")[0].GetProperty("curves")[0];
        Assert.Equal(0, curve.GetProperty("from").GetInt32());
        Assert.Equal(70, curve.GetProperty("x").GetArrayLength());
        Assert.Equal(7, curve.GetProperty("y")[55].GetDouble());
    }

    [Fact]
    public async Task The_end_of_a_run_and_its_removal_are_events()
    {
        var run = WrittenRun.Begin(_folder.Path("run"));
        WrittenRun.Add(run, 0, 5);
        using var server = new ServedRuns(_folder.Path(""));
        await using var events = await EventReader.Of(new(server.Address, "api/events?run=run"));
        await events.Next("page");
        WrittenRun.End(run);
        run.Dispose();
        await events.Next("end");
        RunFolders.Remove(_folder.Path("run"));
        var (_, removed) = await events.Next("removed");
        Assert.Equal("run", removed.GetProperty("run").GetString());
    }

    [Fact]
    public async Task A_stretch_of_a_long_run_has_every_point_and_the_whole_of_it_every_peak()
    {
        const int steps = 20_000;
        using (var run = WrittenRun.Begin(_folder.Path("run")))
        {
            for (var step = 0; step < steps; step++) run.Add("gd", "loss", step, step == 12_345 ? 9 : 1);
            WrittenRun.End(run);
        }
        using var server = new ServedRuns(_folder.Path(""));
        await using var events = await EventReader.Of(new(server.Address, "api/events?run=run"));
        var (_, page) = await events.Next("page");
        var whole = FirstCurve(page);
        Assert.True(whole.GetProperty("x").GetArrayLength() < 7000);
        Assert.Equal(steps, whole.GetProperty("reduced_from").GetInt32());
        Assert.Contains(9, whole.GetProperty("y").EnumerateArray().Select(y => y.GetDouble()));
        var part = await Json(new(server.Address, "api/figure?run=run&name=loss&from=12000&to=13000"));
        var curve = part.GetProperty("curves")[0];
        Assert.Equal(Enumerable.Range(12_000, 1002), curve.GetProperty("x").EnumerateArray().Select(x => x.GetInt32()));
        Assert.Equal(0, curve.GetProperty("reduced_from").GetInt32());
    }

    [Theory]
    [InlineData("api/events?run=../7"), InlineData("api/events?run=..%2F7"), InlineData("api/events?run=.")]
    [InlineData("api/events?run=none"), InlineData("api/figure?run=run&name=none&from=0&to=1")]
    public async Task What_is_no_run_of_the_folder_is_not_found(string address)
    {
        using (var run = WrittenRun.Begin(_folder.Path("runs/run"))) WrittenRun.Add(run, 0, 3);
        using (var run = WrittenRun.Begin(_folder.Path("7"))) WrittenRun.Add(run, 0, 3);
        using var server = new ServedRuns(_folder.Path("runs"));
        using var answer = await _client.GetAsync(new Uri(server.Address, address));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.True(JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.TryGetProperty("error", out _));
    }

    [Fact]
    public async Task Only_names_of_this_machine_and_requests_that_read_are_answered()
    {
        using var server = new ServedRuns(Directory.CreateDirectory(_folder.Path("runs")).FullName);
        Assert.Equal("127.0.0.1", server.Address.Host);
        Assert.Equal(HttpStatusCode.OK, await Status(server.Address, host: $"localhost:{server.Address.Port}"));
        // A page elsewhere whose name was made to resolve to this machine.
        Assert.Equal(HttpStatusCode.Forbidden, await Status(server.Address, host: "evil.example"));
        using var posted = await _client.PostAsync(new Uri(server.Address, "api/runs"), content: null);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);
        using var page = await _client.GetAsync(server.Address);
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_other_machines_reach_needs_the_token()
    {
        using var server = new ServedRuns(Directory.CreateDirectory(_folder.Path("runs")).FullName, port: 0, "--host", "0.0.0.0");
        var local = new UriBuilder(server.Address) { Host = "127.0.0.1", Query = "" }.Uri;
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(local));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(new(local, "?token=guess")));
        using var entered = await _client.GetAsync(new UriBuilder(server.Address) { Host = "127.0.0.1" }.Uri);
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
        Assert.Equal("/", entered.Headers.Location!.OriginalString);
        var cookie = entered.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, await Status(new(local, "api/runs"), cookie: cookie.Split(';')[0]));
    }

    [Fact]
    public void A_port_in_use_is_replaced_by_the_next_one()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using var server = new ServedRuns(Directory.CreateDirectory(_folder.Path("runs")).FullName, port);
        Assert.InRange(server.Address.Port, port + 1, port + 20);
        Assert.Contains($"port {port} is in use", server.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("svg", "<svg"), InlineData("png", "PNG")]
    public async Task A_figure_is_an_image(string format, string begin)
    {
        using (var run = WrittenRun.Begin(_folder.Path("run"))) WrittenRun.Add(run, 0, 30);
        using var server = new ServedRuns(_folder.Path(""));
        var bytes = await _client.GetByteArrayAsync(new Uri(server.Address, $"api/figure.{format}?run=run&name=loss&log=true&from=3&to=9"));
        Assert.Contains(begin, System.Text.Encoding.Latin1.GetString(bytes), StringComparison.Ordinal);
    }

    private static JsonElement FirstCurve(JsonElement page) =>
        page.GetProperty("sections")[0].GetProperty("figures")[0].GetProperty("curves")[0];

    private async Task<JsonElement> Json(Uri address) => JsonDocument.Parse(await _client.GetStringAsync(address)).RootElement;

    private async Task<HttpStatusCode> Status(Uri address, string? host = null, string? cookie = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (host is not null) request.Headers.Host = host;
        if (cookie is not null) request.Headers.Add("Cookie", cookie);
        using var answer = await _client.SendAsync(request);
        return answer.StatusCode;
    }
}
