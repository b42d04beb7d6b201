using System.Text.RegularExpressions;
using System.Xml.Linq;
using static Brink.Architecture.Tests.Violations;

namespace Brink.Architecture.Tests;

/// <summary>Checks the rules of docs/internals/architecture.md on the built assemblies.</summary>
public partial class ArchitectureTests
{
    private static readonly IReadOnlyDictionary<string, CodeAssembly> Code = AllowedReferences.Projects.Keys
        .ToDictionary(project => project, project => CodeAssembly.Read(Assembly(project), Checkout.Root), StringComparer.Ordinal);

    public static TheoryData<string> Projects => [.. AllowedReferences.Projects.Keys];

    public static TheoryData<string> ProjectsWithFolders => [.. AllowedReferences.Folders.Keys];

    public static TheoryData<string> Shipped =>
        [.. AllowedReferences.Projects.Keys.Where(project => project.StartsWith("src/", StringComparison.Ordinal))];

    public static TheoryData<string> Measured => [.. Shipped, "bench/Brink.Bench"];

    public static TheoryData<string> Silent =>
        [.. Shipped.Where(project => !AllowedReferences.WritersToConsole.Contains(Path.GetFileName(project.Data)))];

    public static TheoryData<string> Tests =>
        [.. AllowedReferences.Projects.Keys.Where(project => project.StartsWith("tests/", StringComparison.Ordinal))];

    public static TheoryData<string> ReadersOfRuns => [.. AllowedReferences.ReadersOfRuns];

    [Fact]
    public void Every_project_is_in_the_table() => Assert.Equal(
        AllowedReferences.Projects.Keys.Order(StringComparer.Ordinal),
        new[] { "src", "bench", "tests" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Checkout.Root, folder), "*.csproj", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Checkout.Root, Path.GetDirectoryName(file)!).Replace('\\', '/'))
            .Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Projects))]
    public void A_project_refers_only_to_the_projects_that_it_may(string project)
    {
        var file = XDocument.Load(Path.Combine(Checkout.Root, project, Path.GetFileName(project) + ".csproj"));
        var declared = file.Descendants("ProjectReference")
            .Where(reference => (string?)reference.Attribute("ReferenceOutputAssembly") != "false")
            .Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!));
        var compiled = Code[project].References.Where(name => name.StartsWith("Brink", StringComparison.Ordinal));
        None(declared.Union(compiled).Except(AllowedReferences.Projects[project]));
    }

    [Fact]
    public void The_mathematics_refers_to_the_class_library_and_TorchSharp_only() => None(
        Code["src/Brink"].References
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal))
            .Except(AllowedReferences.OfMathematics));

    [Theory, MemberData(nameof(ReadersOfRuns))]
    public void A_reader_of_runs_never_loads_libtorch(string reader)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<string>([reader]);
        while (pending.TryPop(out var name))
        {
            // An assembly that is not in the folder of the program belongs to the class library.
            if (!reached.Add(name) || !File.Exists(Checkout.Built("Brink.Cli", name))) continue;
            foreach (var reference in CodeAssembly.ReferencesOf(Checkout.Built("Brink.Cli", name))) pending.Push(reference);
        }
        Assert.Contains("Microsoft.Data.Sqlite", reached);
        Assert.DoesNotContain(reached, name => name is "Brink" or "TorchSharp");
    }

    [Theory, MemberData(nameof(ProjectsWithFolders))]
    public void A_folder_refers_only_to_the_folders_that_it_may(string project) =>
        None(Rules.BetweenFolders(Code[project], project, AllowedReferences.Folders[project]));

    [Theory, MemberData(nameof(ProjectsWithFolders))]
    public void Folders_of_the_table_refer_to_each_other_without_a_cycle(string project) =>
        None(Rules.Cycles(AllowedReferences.Folders[project]));

    [Theory, MemberData(nameof(Shipped))]
    public void One_file_differentiates_with_libtorch(string project) =>
        None(Rules.OnlyIn(AllowedReferences.Differentiation, Code[project], Rules.Differentiates));

    [Fact]
    public void The_listed_file_differentiates_with_libtorch() =>
        Assert.NotEmpty(Rules.OnlyIn(null, Code["src/Brink"], Rules.Differentiates));

    [Theory, MemberData(nameof(Silent))]
    public void A_library_does_not_use_the_console(string project) => None(Rules.OnlyIn(null, Code[project], Rules.IsConsole));

    [Theory, MemberData(nameof(Tests))]
    public void Tests_start_processes_only_with_the_class_that_sets_a_deadline(string project) =>
        None(Rules.OnlyIn(AllowedReferences.ChildProcess, Code[project], Rules.IsStartOfProcess));

    [Theory, MemberData(nameof(Projects))]
    public void Names_of_types_and_files_name_a_concept(string project)
    {
        None(Code[project].Types.Select(type => type.Name).Where(name => NoConcept().IsMatch(name)));
        None(Checkout.Sources(project).Where(file => NoConcept().IsMatch(Path.GetFileNameWithoutExtension(file))));
    }

    [Theory, MemberData(nameof(Measured))]
    public void A_file_has_one_public_class_or_interface(string project) => None(
        Rules.OnePublicTypeAFile(Code[project]).Where(line => !AllowedReferences.FilesOfSeveralTypes.Contains(line.Split(':')[0])));

    [Fact]
    public void No_file_exceeds_the_largest_number_of_lines() => None(
        Checkout.Sources("src", "bench", "tests", "samples")
            .Where(file => File.ReadLines(Path.Combine(Checkout.Root, file)).Count() > AllowedReferences.LongestFile));

    /// <summary>Fails with a list of all violations, one line each.</summary>
    /// <summary>Returns the path of a project's assembly: for a program or a test in its own output, for a library in the output of
    /// the command line.</summary>
    private static string Assembly(string project)
    {
        var name = Path.GetFileName(project);
        return Checkout.Built(project.StartsWith("src/", StringComparison.Ordinal) ? "Brink.Cli" : name, name);
    }

    [GeneratedRegex("(Manager|Helper|Utils?|Service|Processor|Handler|Common|Misc|Base)(Tests)?$")]
    private static partial Regex NoConcept();
}
