using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Brink.Architecture.Tests;

/// <summary>The house as docs/architecture.md draws it, read from the project files and from the using
/// lines.</summary>
public partial class ArchitectureTests
{
    private static readonly string Root = FindRoot();

    /// <summary>Each project and those of ours that it may name.</summary>
    private static readonly Dictionary<string, string[]> Projects = new(StringComparer.Ordinal)
    {
        ["Brink"] = [],
        ["Brink.Zoo"] = ["Brink"],
        ["Brink.Runs"] = [],
        ["Brink.Reports"] = ["Brink.Runs"],
        ["Brink.Lab"] = ["Brink", "Brink.Zoo", "Brink.Runs"],
        ["Brink.Cli"] = ["Brink.Bench", "Brink.Lab", "Brink.Reports"],
    };

    /// <summary>Each room of src/Brink and the rooms that it may see.</summary>
    private static readonly Dictionary<string, string[]> Rooms = new(StringComparer.Ordinal)
    {
        ["Algebra"] = ["Kernels"],
        ["Native"] = [],
        ["Objectives"] = ["Algebra", "Native"],
        ["Spectra"] = ["Algebra"],
        ["Kernels"] = ["Native"],
        ["Taylor"] = ["Kernels", "Objectives"],
        ["Landscapes"] = ["Objectives"],
        ["Dynamics"] = ["Algebra", "Objectives", "Spectra"],
        ["Optimizers"] = ["Algebra", "Dynamics", "Objectives", "Spectra"],
        ["Monitoring"] = ["Algebra", "Objectives", "Spectra"],
        ["Games"] = ["Algebra", "Objectives", "Spectra"],
    };

    public static TheoryData<string> ProjectNames => [.. Projects.Keys];

    public static TheoryData<string> RoomNames => [.. Rooms.Keys];

    [Fact]
    public void Every_project_and_every_room_is_on_the_map()
    {
        Assert.Equal(Projects.Keys.Order(), Directory.GetDirectories(Path.Combine(Root, "src")).Select(Path.GetFileName).Order());
        Assert.Equal(Rooms.Keys.Order(), Directory.GetDirectories(Path.Combine(Root, "src/Brink")).Select(Path.GetFileName).Where(name => name is not ("bin" or "obj")).Order());
    }

    [Theory, MemberData(nameof(ProjectNames))]
    public void A_project_references_only_what_it_may(string project)
    {
        var file = XDocument.Load(Path.Combine(Root, "src", project, project + ".csproj"));
        var references = file.Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!));
        Assert.Empty(references.Except(Projects[project]));
        var packages = file.Descendants("PackageReference").Select(reference => (string)reference.Attribute("Include")!).ToArray();
        if (project == "Brink") Assert.Equal(["TorchSharp", "$(LibtorchPackage)"], packages);
        else Assert.DoesNotContain(packages, package => package.Contains("orch", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(RoomNames))]
    public void A_room_sees_only_the_rooms_it_may(string room)
    {
        foreach (var file in Sources($"src/Brink/{room}"))
        {
            var seen = RoomName().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value).Where(Rooms.ContainsKey).Distinct();
            Assert.Empty(seen.Except(Rooms[room]).Where(name => name != room));
        }
    }

    [Fact]
    public void One_file_differentiates()
    {
        var files = Sources("src").Where(file => AutogradCall().IsMatch(File.ReadAllText(file))).Select(Path.GetFileName);
        Assert.Equal(["Differentiation.cs"], files);
    }

    [Fact]
    public void Only_the_command_line_writes_to_the_console() => Assert.Empty(
        Sources("src").Where(file => !file.Contains("/Brink.Cli/", StringComparison.Ordinal) && ConsoleUse().IsMatch(File.ReadAllText(file))));

    [Fact]
    public void Names_have_a_concept()
    {
        var files = Sources("src").Concat(Sources("tests")).Select(file => Path.GetFileNameWithoutExtension(file));
        Assert.Empty(files.Where(name => NoConcept().IsMatch(name)));
        Assert.Empty(Sources("src").SelectMany(file => TypeName().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).Where(name => NoConcept().IsMatch(name)));
    }

    [Fact]
    public void No_file_is_longer_than_a_reader_can_hold() =>
        Assert.Empty(Sources("src").Where(file => File.ReadLines(file).Count() > 400).Select(Path.GetFileName));

    [Fact]
    public void Every_symbol_of_the_notation_is_in_the_code()
    {
        var code = string.Concat(Sources("src").Select(File.ReadAllText));
        var names = File.ReadLines(Path.Combine(Root, "docs/notation.md")).Select(line => NotationRow().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value).ToArray();
        Assert.InRange(names.Length, 20, 200);
        Assert.All(names, name => Assert.Matches($@"\b{Regex.Escape(name.Split('.')[^1])}\b", code));
    }

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Brink.slnx"))) folder = folder.Parent!;
        return folder.FullName;
    }

    [GeneratedRegex(@"\bBrink\.(\w+)")]
    private static partial Regex RoomName();

    [GeneratedRegex(@"autograd\.(grad|backward)\(|\.backward\(")]
    private static partial Regex AutogradCall();

    [GeneratedRegex(@"\bConsole\.(Out|Error|Write|Read)")]
    private static partial Regex ConsoleUse();

    [GeneratedRegex("(Manager|Helper|Utils?|Service|Processor|Handler|Common|Misc|Base)(Tests)?$")]
    private static partial Regex NoConcept();

    [GeneratedRegex(@"(?:class|record|struct|interface) (\w+)")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"^\| [^|]+ \| `([\w.]+)`")]
    private static partial Regex NotationRow();
}
