using Brink.Zoo.Formats;

namespace Brink.Zoo.Checkpoints;

/// <summary>A checkpoint of a training: the state of the model, the number of the step, and the state of the optimizer where the
/// file has it. The tensors belong to the dispose scope in which the checkpoint was read, or else to the caller.</summary>
/// <param name="Path">Path of the file.</param>
/// <param name="State">Parameters and buffers of the model by the names of the file, in the order of the file.</param>
/// <param name="Step">Number of the step, if the file or its name has one.</param>
/// <param name="StepSource">What the number of the step was read from, for example <c>global_step</c> or <c>the file name</c>; with
/// <c>epoch</c> it counts epochs.</param>
/// <param name="Optimizer">State of the optimizer, if the file has one.</param>
/// <param name="Remarks">Parts of the file that were not read, each with the reason.</param>
public sealed record TrainingCheckpoint(
    string Path,
    IReadOnlyDictionary<string, Tensor> State,
    long? Step,
    string? StepSource,
    OptimizerState? Optimizer,
    IReadOnlyList<string> Remarks)
{
    /// <summary>Reads a checkpoint in safetensors, .npz, or the zip archive of torch.save (.pt, .pth, .ckpt). The content
    /// decides, not the name of the file. No code of the file is run.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="key">Keys of the model's state dict in a file of torch.save, with dots between them; null to search for it
    /// under the usual keys.</param>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is not a checkpoint, is damaged, or refers to something other than tensors
    /// and plain containers; the message is one line that starts with the path.</exception>
    public static TrainingCheckpoint Read(string path, string? key = null)
    {
        try
        {
            using var scope = NewDisposeScope();
            var read = CheckpointFile.Read(path, key);
            foreach (var tensor in read.State.Values) scope.MoveToOuter(tensor);
            foreach (var tensor in read.Optimizer?.Parameters.Values.SelectMany(one => one.Tensors.Values) ?? []) scope.MoveToOuter(tensor);
            return read;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException)
        {
            throw new InvalidDataException(
                e.Message.StartsWith(path, StringComparison.Ordinal) ? e.Message : $"{path}: {Quoted.OneLine(e.Message.TrimEnd('.'))}", e);
        }
    }
}
