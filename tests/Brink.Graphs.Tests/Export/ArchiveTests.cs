using System.Text.Json.Nodes;
using Brink.Graphs.Export;
using static Brink.Graphs.Tests.Export.SmallProgram;

namespace Brink.Graphs.Tests.Export;

/// <summary>Layouts of archives and of weights: read where they are known, refused with one line where not.</summary>
public class ArchiveTests
{
    [Fact]
    public void Strided_weights_are_gathered_in_row_major_order()
    {
        var program = new SmallProgram();
        // W is stored as columns, after two other elements.
        program.Weights["w"] = Payload("weight_0", [2, 3], [1, 2], offset: 2);
        program.Weights["tied"] = Payload("weight_0", [2, 3], [1, 2], offset: 2);
        program.Entries["data/weights/weight_0"] = Bytes(8, 9, 1, 4, 2, 5, 3, 6);
        program.Weights["b"] = Payload("weight_1", [2], [0]);
        var graph = ModelFile.Read(program);
        Assert.Equal(Bytes(W), graph.Constants["p_w"].Data.Bytes.ToArray());
        Assert.Equal(Bytes(0.5f, 0.5f), graph.Constants["p_b"].Data.Bytes.ToArray());
        Assert.Equal([2L, 3L], graph.Constants["p_w"].Data.Shape);
    }

    [Fact]
    public void Different_views_of_one_storage_stay_separate()
    {
        var program = new SmallProgram();
        program.Weights["tied"] = Payload("weight_0", [2, 3], [3, 1], offset: 3);
        program.Entries["data/weights/weight_0"] = Bytes(1, 2, 3, 4, 5, 6, 7, 8, 9);
        var graph = ModelFile.Read(program);
        Assert.Equal(["p_w", "p_b", "p_tied", "b_mask"], graph.Constants.Keys);
        Assert.Equal(["w and tied share memory in the model and are separate tensors here."], graph.Remarks);
        program.Weights["tied"] = Payload("weight_0", [2, 3], [3, 1], offset: 6);
        program.Entries["data/weights/weight_0"] = Bytes(new float[12]);
        Assert.Empty(ModelFile.Read(program).Remarks);
    }

    [Theory]
    [InlineData(6, ElementType.Float16, "float16")]
    [InlineData(13, ElementType.BFloat16, "bfloat16")]
    public void Narrow_weights_are_kept_and_remarked(int number, ElementType type, string word)
    {
        var program = new SmallProgram();
        program.Weights["b"] = Payload("weight_1", [2], [1], type: number);
        program.Graph["tensor_values"]!["p_b"]!["dtype"] = number;
        var graph = ModelFile.Read(program);
        Assert.Equal(type, graph.Constants["p_b"].Data.Type);
        Assert.Equal(4, graph.Constants["p_b"].Data.Bytes.Length);
        Assert.Contains($"b is stored as {word} and computed with in a wider type.", graph.Remarks);
    }

    [Fact]
    public void Compressed_archives_and_archives_without_a_folder_are_read()
    {
        Consistency.Check(ModelFile.Read(Zip(new SmallProgram().Packed(), compressed: true)));
        Consistency.Check(ModelFile.Read(Zip(new SmallProgram().Packed(), folder: "")));
    }

    [Theory]
    [InlineData("data/weights/weight_0", "the entry 'data/weights/weight_0' is missing")]
    [InlineData("data/weights/model_weights_config.json", "the entry 'data/weights/model_weights_config.json' is missing")]
    [InlineData("models/model.json", "holds no exported program")]
    public void A_missing_entry_is_refused(string name, string words)
    {
        var entries = new SmallProgram().Packed();
        entries.Remove(name);
        Assert.Contains(words, ModelFile.Refusal(Zip(entries)), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Replaced => new()
    {
        { "byteorder", "big", "the byte order is 'big'" },
        { "archive_version", "1", "the archive has version '1'" },
        { "models/other.json", "{}", "holds the programs model, other; save each in a file of its own" },
        { "data/weights/model.pt", "", "PyTorch 2.8 or older saved this program, with pickled weights; save it again" },
        { "models/model.json", "{", "models/model.json: not valid JSON" },
        { "models/model.json", "{\"a\": 1, \"a\": 2}", "models/model.json: not valid JSON" },
        { "models/model.json", "{\"schema_version\": 1}", "in place of an object" },
        { "models/model.json", SchemaText(7), "version 7.3 and Brink reads 8; save the program with PyTorch 2.9 or newer" },
        { "models/model.json", SchemaText(9), "version 9.3 and Brink reads 8; save the program with PyTorch 2.9 to 2.14" },
        { "data/weights/weight_0", "12345678", "needs 6 elements and 'data/weights/weight_0' has 8 bytes" },
        { "data/weights/weight_0", "", "the file holds no values of the tensor" },
    };

    [Theory, MemberData(nameof(Replaced))]
    public void Another_layout_is_refused(string name, string content, string words)
    {
        var entries = new SmallProgram().Packed();
        entries[name] = System.Text.Encoding.ASCII.GetBytes(content);
        Assert.Contains(words, ModelFile.Refusal(Zip(entries)), StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Payloads => new()
    {
        { Payload("weight_1", [2], [1], pickled: true).ToJsonString(), "parameter 'b': the tensor is pickled" },
        { Payload("weight_1", [3], [1]).ToJsonString(), "has another type or shape than in the graph" },
        { Payload("weight_1", [2], [1], offset: 1).ToJsonString(), "needs 3 elements" },
        { Payload("weight_1", [2], [long.MaxValue]).ToJsonString(), "too large for 64 bits" },
        { Payload("weight_1", [2], [1, 1]).ToJsonString(), "1 sizes and 2 strides" },
        { Payload("weight_1", [2], [-1]).ToJsonString(), "found -1 in place of an integer of at least 0" },
        { Payload("../../../etc/passwd", [2], [1]).ToJsonString(), "the entry 'data/weights/../../../etc/passwd' is missing" },
    };

    [Theory, MemberData(nameof(Payloads))]
    public void A_tensor_that_does_not_fit_is_refused(string payload, string words)
    {
        var program = new SmallProgram();
        program.Weights["b"] = JsonNode.Parse(payload);
        Assert.Contains(words, ModelFile.Refusal(program), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_that_expands_out_of_proportion_is_refused()
    {
        var program = new SmallProgram();
        program.Weights["b"] = Payload("weight_1", [1 << 20, 1 << 10], [0, 0]);
        program.Graph["tensor_values"]!["p_b"] = Meta([1 << 20, 1 << 10], [0, 0]);
        Assert.Contains("parameter 'b' has 4,294,967,296 bytes", ModelFile.Refusal(program), StringComparison.Ordinal);
        program.Weights["b"] = Payload("weight_1", [1 << 20, 1 << 5], [0, 0]);
        program.Graph["tensor_values"]!["p_b"] = Meta([1 << 20, 1 << 5], [0, 0]);
        Assert.Contains("parameter 'b' expands to 134,217,728 bytes", ModelFile.Refusal(program), StringComparison.Ordinal);
        var entries = new SmallProgram().Packed();
        entries["data/weights/weight_0"] = new byte[1 << 26];
        var message = ModelFile.Refusal(Zip(entries, compressed: true));
        Assert.Contains("'data/weights/weight_0' expands to 67,108,864 bytes", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_weight_is_detected_by_its_checksum()
    {
        var bytes = Zip(new SmallProgram().Packed());
        bytes[bytes.AsSpan().IndexOf(Bytes(W))] ^= 1;
        Assert.Contains("the checksum of 'data/weights/weight_0' is wrong", ModelFile.Refusal(bytes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serialized_exported_program.json", "", "PyTorch 2.7 or older saved this program")]
    [InlineData("serialized_exported_program.json", "old/", "PyTorch 2.7 or older saved this program")]
    public void Programs_of_older_exporters_are_recognised_and_refused(string name, string folder, string words)
    {
        var bytes = Zip(new Dictionary<string, byte[]>(StringComparer.Ordinal) { [name] = "{}"u8.ToArray(), ["version"] = [] }, folder);
        Assert.True(Recognised(bytes));
        Assert.Contains(words, ModelFile.Refusal(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_files_are_not_recognised()
    {
        Assert.True(Recognised(Zip(new SmallProgram().Packed())));
        var script = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["constants.pkl"] = [], ["code/a.py"] = [] };
        Assert.False(Recognised(Zip(script)));
        Assert.False(Recognised([]));
        Assert.False(Recognised("PK\x03\x04 and no archive"u8.ToArray()));
        Assert.False(Recognised([8, 7, 18, 7]));
        Assert.False(new ExportedProgramReader().Recognises("no such file"));
        Assert.False(new ExportedProgramReader().Recognises(Path.GetTempPath()));
    }

    public static TheoryData<string, string> Inputs => new()
    {
        { """{"token": {"arg": {"name": "t"}}}""", "inputs of the kind token are not supported" },
        { """{"custom_obj": {"custom_obj_name": "o"}}""", "inputs of the kind custom_obj are not supported" },
        { """{"wave": {}}""", "the kind of input 'wave' is unknown" },
    };

    [Theory, MemberData(nameof(Inputs))]
    public void Other_inputs_are_refused(string spec, string words)
    {
        var program = new SmallProgram();
        program.InputSpecs[5] = JsonNode.Parse(spec);
        Assert.Contains(words, ModelFile.Refusal(program), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gradient_to_parameter", "the program returns gradients")]
    [InlineData("user_input_mutation", "outputs of the kind user_input_mutation are not supported")]
    [InlineData("wave", "the kind of output 'wave' is unknown")]
    public void Other_outputs_are_refused(string kind, string words)
    {
        var program = new SmallProgram();
        program.OutputSpecs[1] = One(kind, new JsonObject());
        Assert.Contains(words, ModelFile.Refusal(program), StringComparison.Ordinal);
    }

    private static string SchemaText(int major) => $$$"""{"schema_version": {"major": {{{major}}}, "minor": 3}}""";

    private static bool Recognised(byte[] bytes)
    {
        using var file = new ModelFile();
        File.WriteAllBytes(file.Path, bytes);
        return new ExportedProgramReader().Recognises(file.Path);
    }
}
